"""Aliases behind an approval gate, by the calls that people use for any alias; what they raise is told in their own words."""

import time
import os

import wandb

from scenarios import failure, organization, parameters, run_scenarios, scenario, team, write

project = parameters["project"]
collection = f"{organization}/wandb-registry-{parameters['registry']}/{parameters.get('collection', 'models')}"


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.05)


def log(content):
    with wandb.init(project=project, entity=team, settings=wandb.Settings(init_timeout=60)) as run:
        write("model.txt", content)
        return run.log_artifact("model.txt", name="model", type="model").wait().source_qualified_name


@scenario
def logged():
    return {"version": log("first")}


@scenario
def linked():
    """As training scripts link, then by the public API, with what may be put beside what may not."""
    api = wandb.Api()

    def by_run():
        with wandb.init(project=project, entity=team, settings=wandb.Settings(init_timeout=60)) as run:
            write("model.txt", "second")
            made = run.log_artifact("model.txt", name="model", type="model").wait()
            run.link_artifact(made, collection, aliases=["candidate", "production"])

    held = failure(by_run)
    again = failure(lambda: api.artifact(f"{team}/{project}/model:v0").link(collection, aliases=["production"]))
    return {"run": held, "api": again, "aliases": api.artifact(f"{collection}:candidate").aliases}


@scenario
def granted():
    """Once somebody has agreed the alias stands, and the same call goes through."""
    wait_for(parameters["granted"])
    api = wandb.Api()
    link = api.artifact(f"{collection}:production")
    api.artifact(f"{team}/{project}/model:v1").link(collection, aliases=["production"])
    return {"digest": link.digest, "candidate": api.artifact(f"{collection}:candidate").digest, "aliases": sorted(link.aliases)}


@scenario
def edited():
    """Aliases edited in place: one that may be put beside one that may not."""
    link = wandb.Api().artifact(f"{collection}:candidate")
    link.aliases.append("canary")
    link.aliases.append("good")
    held = failure(link.save)
    again = failure(link.save)
    return {"save": held, "again": again, "aliases": sorted(wandb.Api().artifact(f"{collection}:candidate").aliases)}


@scenario
def edited_granted():
    wait_for(parameters["edited_granted"])
    link = wandb.Api().artifact(f"{collection}:canary")
    link.aliases.append("better")
    link.save()
    return {"aliases": sorted(wandb.Api().artifact(f"{collection}:canary").aliases)}


@scenario
def asked_why():
    """A registry that asks why, of a client that has no words for it."""
    registry = f"{organization}/wandb-registry-{parameters['asking']}/models"

    def by_run():
        with wandb.init(project=project, entity=team, settings=wandb.Settings(init_timeout=60)) as run:
            write("model.txt", "third")
            run.link_artifact(run.log_artifact("model.txt", name="model", type="model").wait(), registry, aliases=["production"])

    return {"run": failure(by_run), "api": failure(lambda: wandb.Api().artifact(f"{team}/{project}/model:v0").link(registry, aliases=["production"])), "exists": wandb.Api().artifact_exists(f"{registry}:production")}


run_scenarios()
