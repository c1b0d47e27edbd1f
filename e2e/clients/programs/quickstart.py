"""The registry quickstart: a run logs a metric and a model, links it into a registry, and a second run reads it back."""

import time

import wandb

from scenarios import organization, parameters, run_scenarios, scenario, team, tell, write

project = parameters.get("project", "registry_quickstart")
prefix = organization + "/" if parameters.get("spelling", "full") == "full" else ""
target_path = f"{prefix}wandb-registry-model/registry-quickstart-collection"


@scenario
def quickstart():
    write("my_model.h5", parameters.get("content", "This is a placeholder for the weights of a model."))
    run = wandb.init(project=project, entity=team)
    name = f"gemma-finetuned-{run.id}"
    tell("started", run=run.id)
    run.log({"acc": 0.93})
    logged = run.log_artifact("./my_model.h5", name=name, type="model")
    tell("logged", name=name, at=time.time())
    run.link_artifact(logged, target_path=target_path)
    tell("linked", at=time.time())
    facts = {"run": run.id, "name": name}
    run.finish()
    return {**facts, "finished_at": time.time()}


@scenario
def consumed():
    run = wandb.init(project=project, entity=team, job_type="evaluate")
    artifact = run.use_artifact(f"{target_path}:latest", type="model")
    folder = artifact.download()
    with open(f"{folder}/my_model.h5") as file:
        content = file.read()
    facts = {"run": run.id, "content": content, "version": artifact.version, "name": artifact.name, "qualified": artifact.qualified_name, "source": artifact.source_qualified_name}
    run.finish()
    return facts


run_scenarios()
