"""A run with no network at all, synced later; and what may be done with the network unplugged because the server is on this machine."""

import os

import wandb

from scenarios import failure, parameters, run_scenarios, scenario, team, write

project = parameters["project"]


@scenario
def offline_run():
    write("offline/model.bin", "trained on a train")
    with wandb.init(project=project, entity=team, mode="offline", id=parameters["run_id"], config={"lr": 0.5}, tags=["offline"]) as run:
        for step in range(20):
            run.log({"loss": 20 - step})
        run.summary["final"] = 1
        artifact = wandb.Artifact("offline-model", type="model", metadata={"where": "train"})
        artifact.add_dir("offline")
        run.log_artifact(artifact, aliases=["carried-home"])
        print("printed offline")
        write("offline-file.txt", "saved offline")
        run.save("offline-file.txt", policy="now")
        return {"run": run.id, "directory": os.path.dirname(run.dir)}


@scenario
def offline_twice():
    """Logs the same name as another run that is not synced yet."""
    write("twice/model.bin", "second on the train")
    with wandb.init(project=project, entity=team, mode="offline", id=parameters["run_id"] + "-b") as run:
        artifact = wandb.Artifact("offline-model", type="model")
        artifact.add_dir("twice")
        run.log_artifact(artifact)
        return {"run": run.id, "directory": os.path.dirname(run.dir)}


run_scenarios()
