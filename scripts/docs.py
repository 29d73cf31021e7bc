"""Write `docs/reference` from the code, so that it cannot say anything else; `--check` only compares."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import typer.main

import hookflash.api
from hookflash.api.registry import OPERATIONS
from hookflash.api.resource import Operation, Resource
from hookflash.carriers.load import RouteSpec
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.catalogue import Where, catalogue
from hookflash.cli.commands import app
from hookflash.settings import Settings
from hookflash.speech.engines.config import EngineConfig
from hookflash.trunks.config import GatewayConfig, TrunkConfig
from hookflash.trunks.load import CallRouteSpec
from hookflash.twiml.channels import MESSAGING, VOICE
from hookflash.twiml.declaration import Attribute, Declaration, Verb

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- Written by scripts/docs.py from the code: `make docs`. -->"


# -- pieces of Markdown --


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def cell(value: object) -> str:
    text = " ".join(str(value).split()).replace("|", "\\|")
    return re.sub(r"(?<!`)(<\w+>)(?!`)", r"`\1`", text)  # a bare element would be taken for HTML


def code(value: object) -> str:
    return f"`{value}`"


def words(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in names)


def blanks_as_dots(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "…", sentence)


# -- the pages --


def errors() -> str:
    parts = [
        "# Error codes",
        "Each code has the number that the public error dictionary gives it. `…` is what the request was about. A "
        "running server has a page for each at `/docs/errors/NUMBER`.",
    ]
    for where, title in HEADINGS.items():
        found = [(entry.number, m) for entry in catalogue().values() for m in entry.meanings if m.where is where]
        head = ["code", "HTTP status", "sentence"]
        rows = [[number, meaning.status or "", blanks_as_dots(meaning.sentence)] for number, meaning in found]
        if where is not Where.REFUSAL:
            head, rows = [head[0], head[2]], [[row[0], row[2]] for row in rows]
        if where is Where.TWIML:
            head, rows = [*head, "what to do"], [[*row, m.cure] for row, (_, m) in zip(rows, found, strict=True)]
        parts += [f"## {title}", table(head, rows)]
    return "\n\n".join(parts)


HEADINGS = {
    Where.REFUSAL: "Refused requests",
    Where.OUTCOME: "What became of a message: its `error_code`",
    Where.WEBHOOK: "Webhooks, in the debugger and as `ErrorCode` of the fallback request",
    Where.TWIML: "Documents, in the debugger",
}


def rest() -> str:
    parts = [
        "# REST resources",
        "What is served, by host; on the plain listener the path alone is enough for `api`, and `/messaging/v1/…` "
        "stands for the host of another product. Lists take `PageSize` and `Page`, or `PageToken`.",
    ]
    resources = all_resources()
    for product, operations in OPERATIONS.items():
        parts.append(f"## {product.host}")
        parts.append(table(("method", "path", "does"), [(o.method, code(o.path), described(o)) for o in operations]))
        shown = [r for r in resources if r.product == product and any(o.path.startswith(r.path) for o in operations)]
        parts += [resource_section(resource) for resource in merged(shown)]
    return "\n\n".join(parts)


def described(operation: Operation) -> str:
    notes = ["main keys only"] * operation.needs_main + ["test credentials too"] * operation.test_credentials
    return operation.name + (f" ({', '.join(notes)})" if notes else "")


def all_resources() -> list[Resource[Any]]:
    """Every resource that a module of the API declares, once."""
    found: dict[int, Resource[Any]] = {}
    for module in pkgutil.walk_packages(hookflash.api.__path__, "hookflash.api."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Resource):
                found[id(value)] = value
    return list(found.values())


def merged(resources: list[Resource[Any]]) -> list[Resource[Any]]:
    """One resource a path: where an instance shows more than its list does, all that either has."""
    found: dict[str, Resource[Any]] = {}
    for resource in sorted(resources, key=lambda resource: (resource.path, len(resource.properties))):
        other = found.get(resource.path, resource)
        filters, params = resource.filters or other.filters, resource.params or other.params
        found[resource.path] = replace(resource, filters=filters, params=params)
    return list(found.values())


def resource_section(resource: Resource[Any]) -> str:
    lines = [f"### {resource.name}: `{resource.path}`"]
    if resource.summary:
        lines.append(resource.summary)
    facts = [f"- properties: {words(p.name for p in resource.properties)}"]
    if resource.params:
        names = (code(p.name) + (" (required)" if p.required else "") for p in resource.params)
        facts.append(f"- parameters: {', '.join(names)}")
    if resource.filters:
        facts.append(f"- filters of the list: {words(f.name for f in resource.filters)}")
    if resource.children:
        facts.append(f"- below an instance: {words(resource.children.values())}")
    return "\n\n".join([*lines, "\n".join(facts)])


def twiml() -> str:
    parts = [
        "# TwiML for messages",
        "What an answer to an incoming message may hold inside `<Response>`. A `text/plain` answer is the text of one "
        "`<Message>`; an empty answer sends nothing. What is unknown or wrong is passed over with a warning in the "
        "debugger; the rest of the document runs.",
    ]
    return "\n\n".join([*parts, *verb_sections(MESSAGING.verbs)])


def twiml_voice() -> str:
    parts = [
        "# TwiML for calls",
        "What the document of a call may hold inside `<Response>`. A `text/plain` answer that is no TwiML is spoken; "
        "an answer that is a sound file is played; an empty answer is an error. What is unknown or wrong is passed "
        "over with a warning in the debugger. A wrong value of an attribute leaves its default, or lets the verb be "
        "skipped: the column *when wrong* says which.",
        "Elements that a later version brings have their place below, with the code of the warning that they are "
        "passed over with until then: "
        + words(f"<{declaration.name}>" for declaration in reachable(VOICE.verbs) if declaration.refusal) + ".",
    ]  # fmt: skip
    return "\n\n".join([*parts, *verb_sections(VOICE.verbs)])


def verb_sections(verbs: Mapping[str, type[Verb]]) -> Iterable[str]:
    return map(verb_section, reachable(verbs))


def reachable(verbs: Mapping[str, type[Verb]]) -> Iterable[Declaration]:
    """`verbs` and what may stand inside, each once."""
    shown: dict[str, Declaration] = {}
    left = [kind.declaration for kind in reversed([*verbs.values()])]
    while left:
        declaration = left.pop()
        if declaration.name not in shown:
            shown[declaration.name] = declaration
            left += [child.declaration for child in reversed([*declaration.children.values()])]
    return shown.values()


def verb_section(verb: Declaration) -> str:
    lines = [f"## `<{verb.name}>`", verb.summary]
    if verb.refusal:
        lines.append(f"{int(verb.refusal.code)}: {verb.refusal.sentence}")
    if verb.text:
        lines.append(f"Text inside: {verb.text}.")
    if verb.children:
        lines.append(f"Elements inside: {words(f'<{name}>' for name in verb.children)}.")
    if verb.attributes:
        rows = [
            (code(a.name), a.kind.words, written(a.default), meaning_in_twiml(a), when_wrong(a))
            for a in verb.attributes.values()
        ]
        lines.append(table(("attribute", "value", "default", "meaning", "when wrong"), rows))
    return "\n\n".join(lines)


def written(default: object) -> str:
    """A default as it stands in a document."""
    match default:
        case None | "":
            return ""
        case bool():
            return code(str(default).lower())
        case tuple():
            return words(default)
    return code(default)


def meaning_in_twiml(attribute: Attribute) -> str:
    return f"{attribute.summary}. Not here yet: {attribute.coming}" if attribute.coming else attribute.summary


def when_wrong(attribute: Attribute) -> str:
    return f"{int(attribute.code)}, {'skipped' if attribute.skips else 'default'}"


def settings_page() -> str:
    notes = notes_of(Settings)
    helps = {name.strip("-").replace("-", "_"): text for name, text in serve_options().items()}
    tables = {"carriers", "routes", "trunks", "call_routes", "sender_rates", "speech_engines"}
    rows = []
    for field in msgspec.structs.fields(Settings):
        if field.name not in tables:
            option = "--" + field.name.replace("_", "-") if field.name in helps else ""
            variable = f"HOOKFLASH_{field.name.upper()}"
            meaning = notes.get(field.name) or helps.get(field.name) or choices_of(field.type)
            rows.append((code(field.name), code(variable), option and code(option), default_of(field), meaning))
    return "\n\n".join([
        "# Settings",
        "Options of `hookflash serve` go before `HOOKFLASH_…` variables, those before `hookflash.toml` (in the "
        "directory of the start, or where `HOOKFLASH_CONFIG` says), that before the defaults. Lists are separated by "
        "commas in variables.",
        table(("in `hookflash.toml`", "variable", "option", "default", "meaning"), rows),
        "## `[sender_rates]`",
        "How fast a kind of sender may send; without limit by default.",
        struct_table(Settings().sender_rates.__class__),
        "## `[carriers.NAME]`",
        'An SMPP carrier; `kind = "smpp"`. See [Connect an SMPP carrier](../how-to/connect-an-smpp-carrier.md).',
        struct_table(SmppConfig),
        "## `[[routes]]`",
        "Which carrier takes a message. See [Route messages](../how-to/route-messages.md).",
        struct_table(RouteSpec),
        "## `[trunks.NAME]`",
        "A SIP trunk for calls. See [Connect a SIP trunk](../how-to/connect-a-sip-trunk.md).",
        struct_table(TrunkConfig),
        "## `[[trunks.NAME.gateways]]`",
        "One of its addresses.",
        struct_table(GatewayConfig),
        "## `[[call_routes]]`",
        "Which trunk takes a call to a number.",
        struct_table(CallRouteSpec),
        "## `[[speech_engines]]`",
        "What understands speech, or speaks; the first that fits is taken. See "
        "[Plug in a speech engine](../how-to/plug-in-a-speech-engine.md).",
        struct_table(EngineConfig),
    ])  # fmt: skip


def struct_table(struct: type[msgspec.Struct]) -> str:
    notes = notes_of(struct)
    rows = [(code(f.name), default_of(f), meaning_of(f, notes)) for f in msgspec.structs.fields(struct)]
    return table(("setting", "default", "meaning"), rows)


def default_of(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, tuple):
        return code(",".join(map(str, value)))
    return code(str(value).lower() if isinstance(value, bool) else value)


def choices_of(kind: Any) -> str:
    """The words that a setting of an enumerated type may be."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(code(member.value) for member in kind)
    return ""


def meaning_of(field: msgspec.structs.FieldInfo, notes: dict[str, str]) -> str:
    return "; ".join(filter(None, (choices_of(field.type), notes.get(field.name))))


def notes_of(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The `#:` comments beside the fields of a class."""
    return dict(re.findall(r"^    (\w+): .*?#: (.*)$", inspect.getsource(struct), re.MULTILINE))


def serve_options() -> dict[str, str]:
    return {parameter.opts[0]: parameter.help or "" for parameter in commands()["serve"].params}


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def cli() -> str:
    parts = [
        "# Commands",
        "`hookflash COMMAND --help` says the same in the terminal.",
        "## `hookflash run [--ready-file FILE] -- COMMAND…`",
        "Start a program so that its Twilio library, in any language, reaches the running server.",
        "## `hookflash env [--ready-file FILE] [--shell sh|fish|powershell]`",
        'Print what `hookflash run` sets, for a shell: `eval "$(hookflash env)"`.',
    ]
    parts += [part for name, command in sorted(commands().items()) for part in command_section(name, command)]
    return "\n\n".join(parts)


def command_section(name: str, command: Any) -> list[str]:
    if hasattr(command, "commands"):
        return [part for below, inner in command.commands.items() for part in command_section(f"{name} {below}", inner)]
    arguments = [p.name.upper() for p in command.params if p.param_type_name == "argument"]
    options = [(words(p.opts), p.help or "") for p in command.params if p.param_type_name == "option"]
    title = " ".join([f"hookflash {name}", *arguments])
    return [
        f"## `{title}`",
        inspect.cleandoc(command.help or ""),
        *([table(("option", "meaning"), options)] * bool(options)),
    ]


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors,
    "rest.md": rest,
    "twiml.md": twiml,
    "twiml-voice.md": twiml_voice,
    "settings.md": settings_page,
    "commands.md": cli,
}


def pages() -> dict[Path, str]:
    """Each generated page and what it says."""
    found = {}
    for name, page in PAGES.items():
        title, _, rest_of_page = page().partition("\n")
        found[REFERENCE / name] = f"{title}\n\n{NOTE}\n{rest_of_page}\n"
    return found


def main() -> int:
    REFERENCE.mkdir(exist_ok=True)
    stale = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"docs/reference is behind the code ({', '.join(stale)}): run `make docs` and commit.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
