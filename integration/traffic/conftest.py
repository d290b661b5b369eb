"""Fixtures: exchanges that have been played through a real Envoy, once for all tests that look at them."""

from collections.abc import Callable, Iterator

import pytest

from integration import envoy_config
from integration.scenarios.watch import TRAP
from integration.traffic.check import told
from integration.traffic.compare import Difference, Played
from integration.traffic.exchange import RECORDED, Exchange, fixtures, recorded
from integration.traffic.play import Harness
from integration.traffic.providers import one_of_each_kind, providers

# So many differences are shown.
SHOWN = 60

Tell = Callable[[str], None]


def pytest_sessionstart() -> None:
    """Says what is missing before the first test does."""
    if not envoy_config.WASM.exists():
        pytest.exit(f"{envoy_config.WASM} does not exist: run make wasm", returncode=2)


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Tell:
    """Says something to whoever waits, whatever pytest captures."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell_now(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n    {text}", end="", flush=True)

    return tell_now


@pytest.fixture(scope="session", params=[False, True], ids=["plain", "redacting"])
def redacting(request: pytest.FixtureRequest) -> bool:
    """Whether personal data is redacted: not, then so."""
    return request.param


@pytest.fixture(scope="module")
def all_recorded(tell: Tell) -> list[Exchange]:
    """The recorded exchanges; without them there is nothing to test."""
    exchanges = recorded()
    if not exchanges:
        tell("no recorded traffic beside the project: only its own fixtures go through Envoy")
        pytest.skip(f"{RECORDED} is not there")
    return exchanges


@pytest.fixture(scope="module")
def harness(all_recorded: list[Exchange], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """An Envoy that knows all recorded providers."""
    with Harness(providers(all_recorded).values(), tmp_path_factory.mktemp("traffic")) as harness:
        yield harness


@pytest.fixture(scope="module")
def played(harness: Harness, all_recorded: list[Exchange], redacting: bool, tell: Tell) -> list[Played]:
    """Every recorded exchange, played."""
    return harness.play(all_recorded, providers(all_recorded), redacting=redacting, tell=tell)


@pytest.fixture(scope="module")
def played_closed(harness: Harness, all_recorded: list[Exchange], redacting: bool, tell: Tell) -> list[Played]:
    """Every recorded exchange, played where what cannot be searched is refused."""
    if not redacting:
        pytest.skip("nothing is searched")
    return harness.play(all_recorded, providers(all_recorded), redacting=True, tell=tell, closed=True)


@pytest.fixture(scope="module")
def own_harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """An Envoy that knows one provider of every kind."""
    with Harness(one_of_each_kind(), tmp_path_factory.mktemp("fixtures")) as harness:
        yield harness


@pytest.fixture(scope="module")
def own_played(own_harness: Harness, redacting: bool, tell: Tell) -> list[Played]:
    """Every exchange of the project's own, played."""
    known = {provider.kind: provider for provider in own_harness.known}
    exchanges = fixtures({kind: (provider.host, provider.port) for kind, provider in known.items()})
    called = {each.id: known[each.provider] for each in exchanges if each.host}
    return own_harness.play(exchanges, called, redacting=redacting, tell=tell)


def fail_on(differences: list[Difference]) -> None:
    """Fails the test when there are some, and tells them."""
    if differences:
        pytest.fail(told(differences, SHOWN) + "\npython -m integration.traffic shows them all", pytrace=False)


def traps(harness: Harness) -> list[str]:
    """What Envoy tells of VMs that have trapped."""
    reloads = harness.proxy.admin.stats("wasm.*vm_reload")
    return [
        *(line for line in harness.proxy.log().splitlines() if TRAP.search(line)),
        *(f"{name}: {count}" for name, count in reloads.items() if count),
    ]
