"""Traffic recorded from real providers goes through a real Envoy, plain and redacting."""

from integration.keys import SEARCH
from integration.traffic.compare import Played, at_the_client, at_the_provider, on_the_span, where_closed
from integration.traffic.conftest import fail_on, traps
from integration.traffic.exceptions import Exceptions
from integration.traffic.play import Harness


def test_every_client_gets_the_recorded_answer_byte_for_byte(played: list[Played]) -> None:
    fail_on([difference for each in played for difference in at_the_client(each)])


def test_every_provider_is_asked_what_the_client_asked(played: list[Played]) -> None:
    fail_on([difference for each in played for difference in at_the_provider(each)])


def test_every_span_says_what_is_expected(played: list[Played]) -> None:
    exceptions = Exceptions()
    fail_on([difference for each in played for difference in on_the_span(each, exceptions)])


def test_no_span_shows_a_key_and_no_vm_has_trapped(played: list[Played], harness: Harness) -> None:
    assert not [each.exchange.id for each in played if SEARCH.secret in repr(each.span)]
    assert not traps(harness)


def test_what_cannot_be_searched_is_refused_unless_the_settings_let_it_pass(
    played: list[Played], played_closed: list[Played]
) -> None:
    pairs = list(zip(played_closed, played, strict=True))
    fail_on([difference for closed, passing in pairs for difference in where_closed(closed, passing)])
    assert any(closed.asked is None and passing.asked is not None for closed, passing in pairs)
