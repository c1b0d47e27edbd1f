"""Large things: a file above the size at which the client sends parts, and very many files."""

import hashlib
import os
import time

import wandb

from scenarios import parameters, run_scenarios, scenario, team

project = parameters["project"]


def sparse(path, size, marks):
    """A file of that size with a few bytes at these places; takes no room on the disk."""
    with open(path, "wb") as file:
        file.truncate(size)
        for place, text in marks.items():
            file.seek(place)
            file.write(text)
    return path


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


@scenario
def three_gigabytes():
    path = sparse("three.bin", 3_000_000_000, {0: b"GGUF", 1_500_000_000: b"middle", 2_999_999_990: b"the end"})
    begun = time.perf_counter()
    with wandb.init(project=project, entity=team) as run:
        artifact = wandb.Artifact("three", type="model")
        artifact.add_file(path, policy="immutable", skip_cache=True)
        run.log_artifact(artifact).wait()
    logged = time.perf_counter() - begun
    md5 = digest(path)
    os.remove(path)
    begun = time.perf_counter()
    folder = wandb.Api().artifact(f"{team}/{project}/three:latest").download("three-down", skip_cache=True)
    return {"md5": md5, "back": digest(f"{folder}/three.bin"), "logged": logged, "downloaded": time.perf_counter() - begun}


@scenario
def twenty_thousand():
    for index in range(20_000):
        if index % 500 == 0:
            os.makedirs(f"many/{index // 500:02}", exist_ok=True)
        with open(f"many/{index // 500:02}/row-{index}.txt", "w") as file:
            file.write(f"row {index}")
    with wandb.init(project=project, entity=team) as run:
        artifact = wandb.Artifact("many", type="dataset")
        artifact.add_dir("many", policy="immutable", skip_cache=True)
        run.log_artifact(artifact).wait(timeout=300)
        version = artifact.version
    fetched = wandb.Api().artifact(f"{team}/{project}/many:latest")
    folder = fetched.download("many-down", path_prefix="07/", skip_cache=True)
    names = [name for _, _, files in os.walk(folder) for name in files]
    return {"version": version, "count": fetched.file_count, "digest": fetched.digest, "downloaded": len(names), "listed": len(list(fetched.files(per_page=5000)))}


run_scenarios()
