"""The quickstart, one call at a time: before each it waits until the test looks at the right place, after each it tells when the call returned."""

import os
import time

import wandb

from scenarios import parameters, run_scenarios, scenario, team, tell, write


def gate(name):
    end = time.monotonic() + 120
    while not os.path.exists(os.path.join(parameters["gates"], name)):
        if time.monotonic() > end:
            raise TimeoutError(name)
        time.sleep(0.01)


def returned(call, **facts):
    tell(call, at=time.time() * 1000, **facts)


@scenario
def window_quickstart():
    gate("init")
    run = wandb.init(project="registry_quickstart", entity=team)
    returned("init", run=run.id, title=run.name)
    gate("log_artifact")
    write("my_model.h5", "weights")
    artifact = run.log_artifact("./my_model.h5", name="gemma-finetuned", type="model")
    artifact.wait()
    returned("log_artifact")
    gate("link_artifact")
    run.link_artifact(artifact, target_path="wandb-registry-model/registry-quickstart-collection")
    returned("link_artifact")
    gate("use_artifact")
    other = wandb.init(project="registry_quickstart", entity=team, job_type="evaluate", reinit="create_new")
    other.use_artifact("wandb-registry-model/registry-quickstart-collection:latest")
    returned("use_artifact", run=other.id, title=other.name)
    other.finish()
    gate("finish")
    run.log({"acc": 0.93})
    run.finish()
    returned("finish")
    return {}


run_scenarios()
