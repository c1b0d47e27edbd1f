"""Artifacts as scripts log and use them, in one run each where that is enough."""

import datetime
import json
import os

import wandb

from scenarios import ask, failure, parameters, read_all, run_scenarios, scenario, team, write

project = parameters["project"]
entity = team


def start(**settings):
    return wandb.init(project=project, entity=entity, **settings)


@scenario
def single_file():
    write("one/weights.bin", "one file")
    with start(job_type="train") as run:
        artifact = wandb.Artifact("single", type="model", description="One file.", metadata={"lr": 0.1, "layers": [1, 2], "nested": {"deep": True}, "name": "grün"})
        artifact.add_file("one/weights.bin", name="renamed.bin")
        run.log_artifact(artifact, aliases=["candidate", "epoch-1"], tags=["english", "small model"])
        artifact.wait()
        return {
            "run": run.id, "id": artifact.id, "version": artifact.version, "digest": artifact.digest, "size": artifact.size, "state": artifact.state,
            "aliases": sorted(artifact.aliases), "tags": sorted(artifact.tags), "metadata": artifact.metadata, "description": artifact.description,
            "files": [file.name for file in artifact.files()], "commit": artifact.commit_hash, "file_count": artifact.file_count,
        }


@scenario
def folder():
    for path, content in {"a.txt": "a", "sub/b.txt": "b", "sub/deep/c d+&%.txt": "c", "empty.txt": "", "grün/ñ-日本.txt": "unicode", "astral-𝒳.txt": "astral"}.items():
        write(f"tree/{path}", content)
    with start() as run:
        artifact = wandb.Artifact("tree", type="dataset")
        artifact.add_dir("tree")
        run.log_artifact(artifact).wait()
        return {"digest": artifact.digest, "paths": sorted(artifact.manifest.entries), "size": artifact.size}


@scenario
def logged_by_path():
    write("by-path/x.bin", "x")
    write("by-path/y.bin", "y")
    with start() as run:
        artifact = run.log_artifact("by-path", name="by-path", type="dataset")
        artifact.wait()
        return {"paths": sorted(artifact.manifest.entries), "version": artifact.version}


@scenario
def new_file():
    with start() as run:
        artifact = wandb.Artifact("written", type="dataset")
        with artifact.new_file("notes/today.txt") as file:
            file.write("written in place")
        with artifact.new_file("raw.bin", mode="wb") as file:
            file.write(bytes(range(256)))
        run.log_artifact(artifact).wait()
        return {"paths": sorted(artifact.manifest.entries), "size": artifact.size}


@scenario
def references():
    local = os.path.abspath(write("outside/kept.bin", "kept outside"))
    with start() as run:
        artifact = wandb.Artifact("references", type="dataset")
        artifact.add_reference("s3://bucket/key/data.parquet", name="s3.parquet", checksum=False)
        artifact.add_reference("gs://bucket/data.csv", name="gs.csv", checksum=False)
        artifact.add_reference("https://example.invalid/model.onnx", name="model.onnx", checksum=False)
        artifact.add_reference("s3://bucket/key/data.parquet", name="s3-checked.parquet")
        artifact.add_reference("gs://bucket/data.csv", name="gs-checked.csv")
        artifact.add_reference(os.environ["VITRINE_TEST_WEBSITE"] + "/web/model.onnx", name="web-checked.onnx")
        artifact.add_reference(f"file://{local}", name="with-checksum.bin")
        artifact.add_reference(f"file://{local}", name="without-checksum.bin", checksum=False)
        run.log_artifact(artifact).wait()
        return {"local": local, "references": {name: entry.ref for name, entry in artifact.manifest.entries.items()}, "digests": {name: entry.digest for name, entry in artifact.manifest.entries.items()}}


@scenario
def used_references():
    with start() as run:
        artifact = run.use_artifact("references:latest")
        entry = artifact.get_entry("with-checksum.bin")
        return {"target": entry.ref, "downloaded": open(entry.download(), encoding="utf8").read(), "run": run.id}


@scenario
def deduplicated():
    write("same.txt", "the same")
    with start() as run:
        versions = []
        for alias in ("first", "second"):
            artifact = wandb.Artifact("same", type="dataset")
            artifact.add_file("same.txt")
            run.log_artifact(artifact, aliases=[alias])
            artifact.wait()
            versions.append(artifact.version)
        write("same.txt", "something else")
        artifact = wandb.Artifact("same", type="dataset")
        artifact.add_file("same.txt")
        run.log_artifact(artifact).wait()
        return {"versions": versions, "third": artifact.version, "aliases": sorted(wandb.Api().artifact(f"{entity}/{project}/same:v0").aliases)}


@scenario
def new_draft():
    for name in ("keep", "drop"):
        write(f"draft/{name}.txt", name)
    with start() as run:
        artifact = wandb.Artifact("drafted", type="dataset")
        artifact.add_dir("draft")
        run.log_artifact(artifact).wait()
        draft = artifact.new_draft()
        draft.remove("drop.txt")
        with draft.new_file("added.txt") as file:
            file.write("added")
        run.log_artifact(draft).wait()
        return {"version": draft.version, "paths": sorted(draft.manifest.entries), "files": read_all(draft.download("draft-down"))}


@scenario
def incremental():
    write("inc/base.txt", "base")
    write("inc/changed.txt", "before")
    with start() as run:
        artifact = wandb.Artifact("incremental", type="dataset")
        artifact.add_dir("inc")
        run.log_artifact(artifact).wait()
        write("more/changed.txt", "after")
        write("more/new.txt", "new")
        more = wandb.Artifact("incremental", type="dataset", incremental=True)
        more.add_dir("more")
        run.log_artifact(more).wait()
        fresh = wandb.Api().artifact(f"{entity}/{project}/incremental:latest")
        return {"version": fresh.version, "files": read_all(fresh.download("inc-down")), "digest": fresh.digest}


@scenario
def distributed():
    with start(group="workers") as run:
        for part in ("left", "right"):
            artifact = wandb.Artifact("distributed", type="dataset")
            write(f"parts/{part}.txt", part)
            artifact.add_file(f"parts/{part}.txt")
            run.upsert_artifact(artifact, distributed_id="workers")
        during = wandb.Api().artifact_exists(f"{entity}/{project}/distributed:latest")
        last = wandb.Artifact("distributed", type="dataset")
        write("parts/last.txt", "last")
        last.add_file("parts/last.txt")
        run.finish_artifact(last, distributed_id="workers")
    fresh = wandb.Api().artifact(f"{entity}/{project}/distributed:latest")
    return {"during": during, "version": fresh.version, "files": read_all(fresh.download("dist-down"))}


@scenario
def of_another_artifact():
    with start() as run:
        source = run.use_artifact("single:v0")
        artifact = wandb.Artifact("borrowed", type="model")
        artifact.add(wandb.Table(columns=["a"], data=[[1]]), "rows")
        artifact.add_reference(source.get_entry("renamed.bin"), name="borrowed.bin")
        run.log_artifact(artifact).wait()
        return {"files": read_all(artifact.download("borrowed-down")), "ref": artifact.manifest.entries["borrowed.bin"].ref}


@scenario
def tables_and_media():
    write("picture.png", bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005000201a1a0b1da0000000049454e44ae426082"))
    with start() as run:
        table = wandb.Table(columns=["text", "score", "picture"], data=[["one", 1.5, wandb.Image("picture.png")], ["two", float("nan"), wandb.Image("picture.png")]])
        artifact = wandb.Artifact("media", type="dataset")
        artifact.add(table, "table")
        artifact.add(wandb.Image("picture.png"), "picture")
        run.log_artifact(artifact).wait()
        run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]), "picture": wandb.Image("picture.png"), "page": wandb.Html("<p>hello</p>", inject=False)})
        run_id = run.id
    fetched = wandb.Api().artifact(f"{entity}/{project}/media:latest")
    back = fetched.get("table")
    return {
        "run": run_id, "paths": sorted(fetched.manifest.entries), "columns": back.columns, "rows": len(back.data), "first": back.data[0][0],
        "implicit": sorted(artifact.name.split(":")[0] for artifact in wandb.Api().run(f"{entity}/{project}/{run_id}").logged_artifacts()),
        "files": sorted(file.name for file in wandb.Api().run(f"{entity}/{project}/{run_id}").files()),
    }


@scenario
def time_to_live():
    write("ttl.txt", "for a while")
    with start() as run:
        artifact = wandb.Artifact("ttl", type="dataset")
        artifact.ttl = datetime.timedelta(days=3)
        artifact.add_file("ttl.txt")
        run.log_artifact(artifact).wait()
        at_first = artifact.ttl
        artifact.ttl = None
        artifact.save()
        off = wandb.Api().artifact(f"{entity}/{project}/ttl:latest").ttl
        artifact.ttl = datetime.timedelta(days=7)
        artifact.save()
        later = wandb.Api().artifact(f"{entity}/{project}/ttl:latest").ttl.days
        artifact.ttl = wandb.ArtifactTTL.INHERIT
        artifact.save()
        inherits = wandb.Api().artifact(f"{entity}/{project}/ttl:latest").ttl
        # Whoever leads the project says how long its versions live, where they don't say so themselves.
        ask("ttl.set", target={"kind": "project", "id": ask("projects.get", entity=entity, name=project)["id"]}, ttl={"kind": "days", "days": 30})
        inherited = wandb.Api().artifact(f"{entity}/{project}/ttl:latest").ttl.days
        ask("ttl.set", target={"kind": "artifact", "id": ask("artifacts.get", entity=entity, project=project, name="ttl")["id"]}, ttl={"kind": "days", "days": 14})
        nearer = wandb.Api().artifact(f"{entity}/{project}/ttl:latest").ttl.days
        ask("ttl.set", target={"kind": "project", "id": ask("projects.get", entity=entity, name=project)["id"]}, ttl={"kind": "inherit"})
        return {"days": at_first.days, "off": off, "later": later, "inherits": inherits, "inherited": inherited, "nearer": nearer}


@scenario
def edited():
    write("edited.txt", "edit me")
    with start() as run:
        artifact = wandb.Artifact("edited", type="dataset", metadata={"step": 1})
        artifact.add_file("edited.txt")
        run.log_artifact(artifact, aliases=["old"], tags=["one", "two"]).wait()
    artifact = wandb.Api().artifact(f"{entity}/{project}/edited:latest")
    artifact.description = "Said later."
    artifact.metadata["step"] = 2
    artifact.metadata["more"] = {"a": [1, None]}
    artifact.aliases.append("new")
    artifact.aliases.remove("old")
    artifact.tags = ["two", "three"]
    artifact.save()
    fresh = wandb.Api().artifact(f"{entity}/{project}/edited:new")
    return {"description": fresh.description, "metadata": fresh.metadata, "aliases": sorted(fresh.aliases), "tags": sorted(fresh.tags)}


@scenario
def used():
    with start(job_type="evaluate") as run:
        tree = run.use_artifact("tree:latest")
        whole = read_all(tree.download("tree-down"))
        part = read_all(tree.download("tree-part", path_prefix="sub/"))
        single = open(tree.get_entry("a.txt").download("tree-single"), encoding="utf8").read()
        verified = failure(lambda: tree.verify("tree-down"))
        write("tree-down/a.txt", "damaged")
        damaged = failure(lambda: tree.verify("tree-down"))
        again = read_all(tree.download("tree-again"))
        one = run.use_artifact("single:candidate").file("single-down")
        return {"run": run.id, "whole": whole, "part": sorted(part), "single": single, "verified": verified, "damaged": damaged, "again": again == whole, "one": open(one, encoding="utf8").read()}


@scenario
def checked_out():
    with start() as run:
        tree = run.use_artifact("tree:latest")
        write("checkout/stranger.txt", "not of the artifact")
        tree.checkout("checkout")
        return {"paths": sorted(read_all("checkout"))}


@scenario
def refused():
    write("r.txt", "r")
    with start() as run:
        def log(name, type_name, **more):
            artifact = wandb.Artifact(name, type=type_name, **more)
            artifact.add_file("r.txt")
            return run.log_artifact(artifact).wait()

        log("typed", "model")
        return {
            "other_type": failure(lambda: log("typed", "dataset")),
            "missing": failure(lambda: run.use_artifact("no-such:latest")),
            "missing_alias": failure(lambda: run.use_artifact("typed:never")),
            "bad_name": failure(lambda: log("with space", "model")),
            "number_alias": failure(lambda: run.log_artifact("r.txt", name="typed-2", type="model", aliases=["a/b"])),
        }


@scenario
def linked():
    write("linked.txt", "to be linked")
    with start() as run:
        artifact = wandb.Artifact("for-registry", type="model")
        artifact.add_file("linked.txt")
        run.log_artifact(artifact)
        target = f"wandb-registry-model/linked-{parameters['client']}"
        run.link_artifact(artifact, target_path=target, aliases=["staging"])
        again = run.link_artifact(artifact, target_path=target, aliases=["staging"])
        run_id = run.id
    api = wandb.Api()
    link = api.artifact(f"{target}:staging")
    facts = {
        "run": run_id, "again": again is not None, "version": link.version, "aliases": sorted(link.aliases), "source": link.source_qualified_name, "is_link": link.is_link,
        "link": link.qualified_name, "linked": [one.qualified_name for one in link.source_artifact.linked_artifacts] if hasattr(link, "linked_artifacts") else None,
    }
    link.unlink()
    facts["after"] = api.artifact_exists(f"{target}:staging")
    facts["source_stays"] = api.artifact_exists(link.source_qualified_name)
    return facts


@scenario
def linked_as_draft():
    write("draft.txt", "linked before it is logged")
    with start() as run:
        artifact = wandb.Artifact("draft-linked", type="model")
        artifact.add_file("draft.txt")
        run.link_artifact(artifact, target_path=f"{parameters['organization']}/wandb-registry-model/draft-{parameters['client']}", aliases=["production"])
        run.log_artifact(artifact).wait()
        return {"version": artifact.version, "run": run.id}


@scenario
def link_refused():
    write("refused.txt", "a data set")
    with start() as run:
        artifact = wandb.Artifact("refused-data", type="dataset")
        artifact.add_file("refused.txt")
        run.log_artifact(artifact).wait()
        return {
            "type": failure(lambda: artifact.link("wandb-registry-model/other-type")),
            "registry": failure(lambda: artifact.link("wandb-registry-nowhere/x")),
            "organization": failure(lambda: artifact.link("somebody-else/wandb-registry-dataset/x")),
        }


@scenario
def deleted():
    write("deleted.txt", "1")
    with start() as run:
        for content in ("1", "2"):
            write("deleted.txt", content)
            artifact = wandb.Artifact("deleted", type="dataset")
            artifact.add_file("deleted.txt")
            run.log_artifact(artifact, aliases=["kept"] if content == "2" else []).wait()
    api = wandb.Api()
    api.artifact(f"{entity}/{project}/deleted:v0").delete()
    carried = failure(lambda: api.artifact(f"{entity}/{project}/deleted:v1").delete())
    api.artifact(f"{entity}/{project}/deleted:v1").delete(delete_aliases=True)
    return {"carried": carried, "left": [one.version for one in api.artifacts("dataset", f"{entity}/{project}/deleted")] if api.artifact_collection_exists(f"{entity}/{project}/deleted", "dataset") else []}


run_scenarios()
