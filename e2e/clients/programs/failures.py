"""Programs that are interrupted, and two that want the same. They say where they are, and wait for a file before they go on."""

import os
import sys
import time

import wandb

from scenarios import parameters, run_scenarios, scenario, team, tell, write

project = parameters["project"]


def wait_for(path):
    end = time.monotonic() + 120
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise TimeoutError(path)
        time.sleep(0.02)


@scenario
def across_restart():
    """Logs before, during and after the server is away."""
    run = wandb.init(project=project, entity=team)
    run.log({"step": 0})
    tell("begun", run=run.id)
    wait_for(parameters["gone"])
    for step in range(1, 50):
        run.log({"step": step})
    tell("logged_while_gone")
    wait_for(parameters["back"])
    write("after.txt", "after the restart")
    run.log_artifact("after.txt", name="after", type="dataset").wait()
    run.finish()
    return {"run": run.id}


@scenario
def killed_while_uploading():
    """Begins to log a large artifact; the test kills this process when the server has begun to get it."""
    with open("large.bin", "wb") as file:
        file.truncate(parameters["bytes"])
    run = wandb.init(project=project, entity=team)
    tell("running", run=run.id)
    artifact = wandb.Artifact("killed", type="model")
    artifact.add_file("large.bin")
    run.log_artifact(artifact)
    tell("uploading")
    artifact.wait()
    return {"run": run.id}


@scenario
def killed_run():
    run = wandb.init(project=project, entity=team)
    run.log({"x": 1})
    tell("alive", run=run.id)
    wait_for(parameters["never"])


@scenario
def logged_while_killed():
    """Logs a version of many files; the test kills the server in the middle of it and starts it again."""
    os.makedirs("many", exist_ok=True)
    for index in range(parameters["files"]):
        write(f"many/{index}.txt", f"{parameters['round']} {index}")
    run = wandb.init(project=project, entity=team)
    artifact = wandb.Artifact("survivor", type="dataset")
    artifact.add_dir("many")
    tell("logging", run=run.id)
    run.log_artifact(artifact, aliases=[parameters["round"]]).wait()
    run.finish()
    return {"run": run.id, "version": artifact.version, "digest": artifact.digest}


@scenario
def same_version():
    """One of several that log the same name at the same moment."""
    run = wandb.init(project=project, entity=team)
    made = []
    tell("ready")
    wait_for(parameters["go"])
    for index in range(parameters["rounds"]):
        artifact = wandb.Artifact("contended", type="model")
        with artifact.new_file("file.txt") as file:
            file.write(parameters["content"] if parameters["content"] else f"{parameters['name']} {index}")
        run.log_artifact(artifact, aliases=["champion"]).wait()
        artifact.link("wandb-registry-model/contended", aliases=["champion"])
        made.append(artifact.version)
    run.finish()
    return {"run": run.id, "versions": made}


@scenario
def stopped_from_outside():
    run = wandb.init(project=project, entity=team, settings=wandb.Settings(init_timeout=60))
    tell("stoppable", run=run.id)
    end = time.monotonic() + 100
    try:
        while time.monotonic() < end:
            run.log({"x": 1})
            time.sleep(0.1)
    except KeyboardInterrupt:
        run.finish(exit_code=255)
        return {"run": run.id, "stopped": True}
    return {"run": run.id, "stopped": False}


run_scenarios()
