"""The real wandb client, told line by line what to do: one JSON object in, one out. Stays, since importing it takes seconds."""
import datetime
import json
import os
import sys
import tempfile
import traceback

import wandb

# The client takes the standard streams over while a run is open.
output = os.fdopen(os.dup(1), "w", buffering=1)
api = wandb.Api()


def fresh():
    """Objects of the client remember what they saw: each look is with eyes of its own."""
    return wandb.Api()


def registry(name, organization, types=None, description=None):
    api.create_registry(name, visibility="organization", organization=organization, artifact_types=types, description=description)
    return name


def log(entity, project, name, type, files, config=None, metrics=None, aliases=None, tags=None, metadata=None, description=None, uses=None, references=None, days=None):
    with wandb.init(entity=entity, project=project, config=config or {}) as run:
        for path in uses or []:
            run.use_artifact(path)
        for row in metrics or []:
            run.log(row)
        artifact = wandb.Artifact(name, type=type, description=description, metadata=metadata)
        if days is not None:
            artifact.ttl = datetime.timedelta(days=days)
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                whole = os.path.join(folder, path)
                os.makedirs(os.path.dirname(whole), exist_ok=True)
                with open(whole, "w") as file:
                    file.write(text)
            artifact.add_dir(folder)
            for name_, uri in (references or {}).items():
                artifact.add_reference(uri, name=name_, checksum=False)
            run.log_artifact(artifact, aliases=aliases or [], tags=tags or [])
            artifact.wait()
        return {"run": run.id, "id": artifact.id, "version": artifact.version, "digest": artifact.digest}


def use(entity, project, path):
    with wandb.init(entity=entity, project=project) as run:
        run.use_artifact(path)
        return {"run": run.id}


def link(path, target, aliases=None):
    linked = fresh().artifact(path).link(target, aliases=aliases or [])
    return linked.version if linked is not None else None


def delete(path, aliases):
    fresh().artifact(path).delete(delete_aliases=aliases)


def unlink(path):
    fresh().artifact(path).unlink()


def aliases(path, add=None, remove=None):
    artifact = fresh().artifact(path)
    for alias in add or []:
        artifact.aliases.append(alias)
    for alias in remove or []:
        artifact.aliases.remove(alias)
    artifact.save()


def edit(path, description=None, metadata=None, add=None, remove=None, days=None):
    artifact = fresh().artifact(path)
    if days is not None:
        artifact.ttl = datetime.timedelta(days=days)
    if description is not None:
        artifact.description = description
    for key, value in (metadata or {}).items():
        artifact.metadata[key] = value
    artifact.tags = [tag for tag in artifact.tags if tag not in (remove or [])] + (add or [])
    artifact.save()


def card(type, path, description=None, add=None, remove=None):
    collection = fresh().artifact_collection(type, path)
    if description is not None:
        collection.description = description
    collection.tags = [tag for tag in collection.tags if tag not in (remove or [])] + (add or [])
    collection.save()


def drop(type, path):
    fresh().artifact_collection(type, path).delete()


def look(organization, name):
    found = {}
    registry_ = fresh().registry(name, organization)
    for collection in registry_.collections():
        found[collection.name] = {"type": collection.type, "description": collection.description or "", "tags": sorted(collection.tags), "versions": []}
    for artifact in registry_.versions():
        run = artifact.logged_by()
        found[artifact.collection.name]["versions"].append({
            "version": artifact.version, "aliases": sorted(alias for alias in artifact.aliases if alias != "latest"), "digest": artifact.digest, "source": artifact.source_qualified_name, "description": artifact.description or "",
            "tags": sorted(artifact.tags), "metadata": artifact.metadata, "run": None if run is None else run.id, "used_by": sorted(one.id for one in artifact.used_by()),
        })
    for collection in found.values():
        collection["versions"].sort(key=lambda one: int(one["version"][1:]))
    return found


def registries(organization):
    return [one.name for one in fresh().registries(organization=organization)]


def lifetime(path):
    """In days; None for one that lives on."""
    ttl = fresh().artifact(path).ttl
    return None if ttl is None else ttl.days


def facts(organization, name):
    registry_ = fresh().registry(name, organization)
    return {"description": registry_.description, "visibility": registry_.visibility, "types": None if registry_.allow_all_artifact_types else sorted(registry_.artifact_types)}


def members(organization, name):
    registry_ = fresh().registry(name, organization)
    return {"people": sorted([one.user.username, one.role] for one in registry_.user_members()), "teams": sorted([one.team.name, one.role] for one in registry_.team_members())}


def creator(path):
    return fresh().artifact(path).logged_by().id


def run(path):
    one = fresh().run(path)
    return {"history": [{key: value for key, value in row.items() if not key.startswith("_")} for row in one.scan_history()], "state": one.state, "config": dict(one.config), "summary": {key: value for key, value in dict(one.summary).items() if not key.startswith("_")}, "name": one.name, "tags": sorted(one.tags), "notes": one.notes}


def download(path):
    with tempfile.TemporaryDirectory() as folder:
        fresh().artifact(path).download(root=folder)
        found = {}
        for parent, _, names in os.walk(folder):
            for name in names:
                whole = os.path.join(parent, name)
                with open(whole, encoding="utf8") as file:
                    found[os.path.relpath(whole, folder)] = file.read()
        return found


acts = {name: value for name, value in list(globals().items()) if callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == "__main__"}

output.write(json.dumps({"ready": wandb.__version__}) + "\n")
for line in sys.stdin:
    told = json.loads(line)
    try:
        answer = {"id": told["id"], "value": acts[told["act"]](**told["with"])}
    except BaseException:  # noqa: BLE001 (the client raises SystemExit, too)
        answer = {"id": told["id"], "problem": traceback.format_exc()[-4000:]}
    output.write(json.dumps(answer, default=str) + "\n")
