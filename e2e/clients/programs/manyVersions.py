"""Logs many small versions of one artifact and links each; tells how long that took, the run's start and end apart."""

import time

import wandb

from scenarios import parameters, run_scenarios, scenario, team


@scenario
def many_versions():
    run = wandb.init(project=parameters["project"], entity=team)

    def one(index):
        artifact = wandb.Artifact("small", type="model", metadata={"index": index})
        with artifact.new_file("weights.txt") as file:
            file.write(f"version {index}")
        run.log_artifact(artifact)
        run.link_artifact(artifact, target_path="wandb-registry-model/many")
        return artifact

    for index in range(parameters.get("warm_up", 5)):
        one(-1 - index)
    begun = time.perf_counter()
    each = []
    for index in range(parameters["count"]):
        at = time.perf_counter()
        one(index)
        each.append(time.perf_counter() - at)
    seconds = time.perf_counter() - begun
    run.finish()
    return {"seconds": seconds, "each": each}


run_scenarios()
