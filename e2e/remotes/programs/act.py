"""The real mlflow client, told line by line what to do: one JSON object in, one out. Stays, since importing it takes seconds."""
import hashlib
import json
import os
import sys
import tempfile

import mlflow
from mlflow.data.http_dataset_source import HTTPDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.entities import LoggedModelInput, LoggedModelOutput
from mlflow.tracking import MlflowClient

client = MlflowClient()


def model(name, description="", tags=None):
    client.create_registered_model(name, tags=tags or {}, description=description)
    return name


def experiment(name):
    """Runs from now on are of this one: a workspace has none of its own to begin with."""
    mlflow.set_experiment(name)


def version(name, files, params=None, metrics=None, tags=None, description="", run_name=None):
    with mlflow.start_run(run_name=run_name) as run:
        for key, value in (params or {}).items():
            mlflow.log_param(key, value)
        for key, value in (metrics or {}).items():
            mlflow.log_metric(key, value)
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                whole = os.path.join(folder, path)
                os.makedirs(os.path.dirname(whole), exist_ok=True)
                with open(whole, "w") as file:
                    file.write(text)
            mlflow.log_artifacts(folder, "model")
        made = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id, tags=tags or {}, description=description)
    return {"version": made.version, "run": run.info.run_id}


def tuned(name, dataset):
    """Two versions from logged models, the second tuned from the first, both on one dataset; answers their runs."""
    source = HTTPDatasetSource("https://somebody:secret@data.example/train.csv?token=abc")
    runs = []
    base = None
    for step in range(2):
        with mlflow.start_run() as run:
            mlflow.log_input(MetaDataset(source, name=dataset, digest="abc123"), context="training")
            made = client.create_logged_model(run.info.experiment_id, name=f"model-{step}", source_run_id=run.info.run_id)
            client.finalize_logged_model(made.model_id, "READY")
            if base is not None:
                client.log_inputs(run.info.run_id, models=[LoggedModelInput(model_id=base)])
            client.log_outputs(run.info.run_id, models=[LoggedModelOutput(model_id=made.model_id, step=0)])
            client.create_model_version(name, f"models:/{made.model_id}", run.info.run_id, model_id=made.model_id)
            base = made.model_id
            runs.append(run.info.run_id)
    return runs


def large(name, files):
    """A version whose files have so many bytes each, not to be guessed; answers their digests."""
    digests = {}
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        for path, size in files.items():
            whole = os.path.join(folder, path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            digest = hashlib.sha256()
            with open(whole, "wb") as file:
                for begin in range(0, size, 1 << 20):
                    piece = os.urandom(min(1 << 20, size - begin))
                    digest.update(piece)
                    file.write(piece)
            digests[path] = digest.hexdigest()
        mlflow.log_artifacts(folder, "model")
        made = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    return {"version": made.version, "digests": digests}


def many(prefix, models, versions):
    with mlflow.start_run() as run:
        for number in range(models):
            name = f"{prefix}-{number:05d}"
            client.create_registered_model(name)
            for _ in range(versions):
                client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    return models * versions


def versions_of(name):
    # The server undoes no escapes: a name with both quotes can only be asked for by a pattern.
    condition = f"name='{name}'" if "'" not in name else f'name="{name}"' if '"' not in name else "name LIKE '{}'".format(name.replace("'", "_"))
    return [one for one in client.search_model_versions(condition) if one.name == name]


def look(name):
    found = client.get_registered_model(name)
    versions = versions_of(name)
    return {
        "description": found.description,
        "tags": dict(found.tags),
        "aliases": {alias: str(number) for alias, number in found.aliases.items()},
        "versions": sorted(({"version": str(one.version), "description": one.description, "tags": dict(one.tags), "run": one.run_id, "stage": one.current_stage} for one in versions), key=lambda one: int(one["version"])),
    }


def run(run_id):
    found = client.get_run(run_id)
    return {"params": dict(found.data.params), "metrics": dict(found.data.metrics), "status": found.info.status}


def files_of(uri):
    folder = mlflow.artifacts.download_artifacts(uri)
    for parent, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(parent, name)
            yield os.path.relpath(whole, folder), whole


def download(uri):
    answer = {}
    for path, whole in files_of(uri):
        with open(whole) as file:
            answer[path] = file.read()
    return answer


def digests(uri):
    answer = {}
    for path, whole in files_of(uri):
        with open(whole, "rb") as file:
            answer[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return answer


def alias(name, alias, version):
    client.set_registered_model_alias(name, alias, version)


def unalias(name, alias):
    client.delete_registered_model_alias(name, alias)


def stage(name, version, stage):
    client.transition_model_version_stage(name, version, stage)


def stages(name):
    return {str(one.version): one.current_stage for one in versions_of(name)}


def describe(name, description):
    client.update_registered_model(name, description)


def describe_version(name, version, description):
    client.update_model_version(name, version, description)


def tag(name, key, value=""):
    client.set_registered_model_tag(name, key, value)


def untag(name, key):
    client.delete_registered_model_tag(name, key)


def all_of(prefix):
    return {name: look(name) for name in names() if name.startswith(prefix)}


def rename(name, new_name):
    client.rename_registered_model(name, new_name)


def delete_version(name, version):
    client.delete_model_version(name, version)


def delete_model(name):
    client.delete_registered_model(name)


def walk():
    """Every version, page by page, as a script would read them; keeps nothing."""
    count = 0
    token = None
    while True:
        page = client.search_model_versions(max_results=10000, page_token=token)
        count += len(page)
        token = page.token
        if not token:
            return count


def many_aliases(names, prefix, count):
    for number in range(count):
        client.set_registered_model_alias(names[number % len(names)], f"{prefix}-{number}", "1")


def names():
    return [one.name for one in client.search_registered_models(max_results=1000)]


acts = {key: value for key, value in globals().items() if callable(value) and getattr(value, "__module__", None) == "__main__"}
print(json.dumps({"ready": mlflow.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        print(json.dumps({"id": asked["id"], "value": acts[asked["act"]](**asked.get("with", {}))}), flush=True)
    except Exception as problem:
        print(json.dumps({"id": asked["id"], "problem": repr(problem)}), flush=True)
