"""What all programs here share: parameters, scenarios, and telling facts as lines of JSON."""

import json
import os
import sys
import traceback
import urllib.request

parameters = json.loads(os.environ.get("VITRINE_PARAMETERS", "{}"))
team = parameters.get("team", "")
organization = parameters.get("organization", "")

# The client takes the standard streams over while a run is open.
_output = os.fdopen(os.dup(1), "w", buffering=1)

_scenarios = []


def tell(scenario, **facts):
    _output.write(json.dumps({"scenario": scenario, "facts": facts}, default=str) + "\n")
    _output.flush()


def scenario(function):
    """Its function's dictionary is told under its name; an exception is told as its problem, and the next scenario goes on."""
    _scenarios.append(function)
    return function


def run_scenarios():
    """Those that the parameter `only` names, or all, in order."""
    only = parameters.get("only")
    for function in _scenarios:
        if only and function.__name__ not in only:
            continue
        try:
            tell(function.__name__, **(function() or {}))
        except BaseException:  # noqa: BLE001 (the client raises SystemExit, too)
            import wandb

            if wandb.run is not None:
                try:
                    wandb.finish(exit_code=1)
                except BaseException:  # noqa: BLE001
                    pass
            _output.write(json.dumps({"scenario": function.__name__, "problem": traceback.format_exc()[-6000:]}) + "\n")
            _output.flush()
    sys.stdout.flush()


def ask(operation, **given):
    """What an operation of Vitrine answers, for what the client has no words for."""
    request = urllib.request.Request(
        f"{os.environ['WANDB_BASE_URL']}/api/operations/{operation}",
        data=json.dumps(given).encode(),
        headers={"authorization": f"Bearer {os.environ['WANDB_API_KEY']}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["output"]


def failure(action):
    """The class and words of the exception that `action` must raise."""
    try:
        action()
    except BaseException as error:  # noqa: BLE001
        return {"kind": type(error).__name__, "words": str(error)[:2000]}
    return {"kind": "", "words": "nothing was raised"}


def write(path, content):
    """Writes a file with its folders; gives its path."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode("utf8"))
    return path


def read_all(folder):
    """Every file below a folder as text, by its relative path with slashes."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder).replace(os.sep, "/")] = file.read().decode("utf8", "replace")
    return found
