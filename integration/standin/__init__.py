"""The stand-in provider: answers as OpenAI, Anthropic and Google do, and misbehaves as it is told.

Without a script it repeats the user's last text, so that what the filter puts back can be seen; with tools in the
request it calls the first of them with that text. It signs what it thinks, and refuses a thought that comes back
changed. A request says in its header `x-standin` what shall be different, see `integration.standin.script`.
"""
