"""What the client's own tests of a real server try, in our words: the subject of each is named where it stands (see e2e/clients/README.md)."""

import itertools
import os

import wandb

from scenarios import failure, organization, parameters, run_scenarios, scenario, team, write

project = parameters["project"]
newest = parameters["client"] == "newest"
registry_name = parameters["registry"]
at = f"{team}/{project}"
shelf = f"{organization}/wandb-registry-{registry_name}"


def start(**settings):
    return wandb.init(project=project, entity=team, **settings)


def logged(name, content="content", type="dataset", **more):
    """A version of one file."""
    with start() as run:
        artifact = wandb.Artifact(name, type=type)
        with artifact.new_file("file.txt") as file:
            file.write(content)
        run.log_artifact(artifact, **more).wait()
    return artifact


@scenario
def registry_for_them():
    registry = wandb.Api().create_registry(registry_name, visibility="organization", organization=organization)
    return {"name": registry.name, "description": registry.description}


# test_link_artifacts.py, test_link_registry.py --------------------------------------------------------------------------


@scenario
def linked_and_unlinked():
    source = logged("link-source")
    link = source.link(f"{shelf}/link-shelf")
    api = wandb.Api()
    paths = [source.qualified_name, link.qualified_name]
    before = [api.artifact_exists(path) for path in paths]
    facts = {
        "is_link": [source.is_link, link.is_link], "same": link.id == source.id, "collection": [link.collection.name, link.collection.type, link.collection.entity, link.collection.project],
        "source": [link.source_collection.name, link.source_collection.project, link.source_artifact.is_link, link.source_qualified_name == source.qualified_name],
        "versions": [one.is_link for one in api.artifact_collection("dataset", f"{shelf}/link-shelf").artifacts()],
        "linked": [one.qualified_name for one in source.linked_artifacts],
    }
    link.unlink()
    return {**facts, "before": before, "after": [api.artifact_exists(path) for path in paths], "source_unlinked": failure(source.unlink), "still": api.artifact_exists(paths[0])}


@scenario
def drafts_are_logged_first():
    with start() as run:
        artifact = wandb.Artifact("link-draft", "dataset")
        by_run = run.link_artifact(artifact, f"{shelf}/link-drafts")
        facts = [artifact.is_draft(), by_run.is_draft(), by_run.id == artifact.id, by_run.is_link]
    alone = wandb.Artifact("link-alone", "dataset")
    link = alone.link(f"{shelf}/link-alone")
    return {"by_run": facts, "alone": [alone.is_draft(), link.is_draft(), link.is_link, link.source_qualified_name == alone.qualified_name], "project": alone.project}


@scenario
def link_into_a_project():
    """Portfolios in projects are what registries took the place of: refused with words that say what to write."""
    artifact = logged("link-project")
    with start() as run:
        return {"short": failure(lambda: run.link_artifact(artifact, "portfolio")), "long": failure(lambda: artifact.link(f"{at}/portfolio"))}


@scenario
def alias_where_it_stands():
    source = logged("alias-source", aliases=["sequence"])
    source.link(f"{shelf}/alias-shelf")
    api = wandb.Api()
    there = api.artifact(f"{shelf}/alias-shelf:v0")
    before = sorted(there.aliases)
    there.aliases = ["shelf"]
    there.aliases.append("boom")
    there.save()
    return {"before": before, "there": sorted(api.artifact(f"{shelf}/alias-shelf:v0").aliases), "source": sorted(api.artifact(source.qualified_name).aliases)}


@scenario
def numbers_of_their_own():
    logged("number-source", "a")
    second = logged("number-source", "b")
    second.link(f"{shelf}/number-shelf")
    link = wandb.Api().artifact(f"{shelf}/number-shelf:latest")
    return {"version": link.version, "source": link.source_version}


@scenario
def collections_deleted():
    artifact = logged("delete-source")
    artifact.link(f"{shelf}/delete-shelf")
    api = wandb.Api()
    path = artifact.qualified_name
    api.artifact_collection("dataset", f"{shelf}/delete-shelf").delete()
    first = [api.artifact_exists(f"{shelf}/delete-shelf:latest"), api.artifact_exists(path)]
    api.artifact_collection("dataset", f"{at}/delete-source").delete()
    return {"first": first, "second": api.artifact_exists(path), "fetched": failure(lambda: wandb.Api().artifact(path))["kind"]}


@scenario
def link_deleted():
    source = logged("deleted-link-source")
    source.link(f"{shelf}/deleted-link")
    api = wandb.Api()
    api.artifact(f"{shelf}/deleted-link:v0").delete()
    return {"source": api.artifact_exists(source.qualified_name), "link": api.artifact_exists(f"{shelf}/deleted-link:v0")}


# test_wandb_artifacts_api.py --------------------------------------------------------------------------------------------


@scenario
def tags_edited():
    logged("tagged", tags=["orig-TAG 1", "other-tag"])
    api = wandb.Api()
    artifact = api.artifact(f"{at}/tagged:v0")
    at_first = sorted(artifact.tags)
    artifact.tags[:] = [tag for tag in artifact.tags if tag != "other-tag"] + ["added"]
    artifact.save()
    in_place = [sorted(artifact.tags), sorted(api.artifact(f"{at}/tagged:v0").tags)]
    artifact.tags = artifact.tags + ["more"]
    artifact.save()
    artifact.tags = artifact.tags
    artifact.save()
    refused = []
    for bad in ["!no:good", "", " ", "trailing ", " leading"]:
        fetched = api.artifact(f"{at}/tagged:v0")

        def edit(fetched=fetched, bad=bad):
            fetched.tags.extend([bad, "good-tag"])
            fetched.save()

        refused.append(failure(edit)["kind"])
    with start() as run:
        draft = wandb.Artifact("tagged", "dataset")
        at_log = failure(lambda: run.log_artifact(draft, tags=["!no:good"]))["kind"]
    return {"first": at_first, "in_place": in_place, "refused": refused, "at_log": at_log, "kept": sorted(api.artifact(f"{at}/tagged:v0").tags)}


@scenario
def found_by_tags():
    with start() as run:
        for index in range(7):
            artifact = wandb.Artifact("by-tags", "dataset")
            with artifact.new_file("file.txt") as file:
                file.write(str(index))
            run.log_artifact(artifact, tags=[tag for tag, step in (("fizz", 3), ("buzz", 5)) if index % step == 0])
    find = lambda tags: sorted(one.version for one in wandb.Api().artifacts("dataset", f"{at}/by-tags", tags=tags))  # noqa: E731
    return {"fizz": find("fizz"), "both": find(["fizz", "buzz"]), "none": find("nothing")}


@scenario
def metadata_held_to_its_rules():
    many = wandb.Artifact("metadata-many", "dataset")
    many.metadata.update({f"key_{index}": index for index in range(101)})
    endless = wandb.Artifact("metadata-inf", "dataset")
    endless.metadata.update({"up": float("inf"), "inner": {"down": float("-inf")}})
    holes = wandb.Artifact("metadata-nan", "dataset")
    holes.metadata.update({"number": 1, "hole": float("nan"), "inner": {"hole": float("nan")}})
    with start() as run:
        refused = [failure(lambda: run.log_artifact(many).wait())["kind"], failure(lambda: run.log_artifact(endless).wait())["kind"]]
        run.log_artifact(holes).wait()
    api = wandb.Api()
    return {"refused": refused, "there": [api.artifact_exists(f"{at}/{name}:v0") for name in ("metadata-many", "metadata-inf")], "holes": api.artifact(f"{at}/metadata-nan:v0").metadata}


@scenario
def type_that_is_another():
    logged("typed", type="dataset")
    with start() as run:
        other = wandb.Artifact("typed", type="model")
        refused = failure(lambda: run.log_artifact(other).wait())
    return {"refused": refused, "versions": len(list(wandb.Api().artifacts("dataset", f"{at}/typed")))}


@scenario
def step_of_the_history():
    with start() as run:
        for index in range(2):
            artifact = wandb.Artifact("stepped", "dataset")
            with artifact.new_file("file.txt") as file:
                file.write(str(index))
            run.log_artifact(artifact)
            run.log({"metric": 5})
    return {"steps": [wandb.Api().artifact(f"{at}/stepped:v{index}").history_step for index in range(2)]}


@scenario
def downloaded_in_ranges():
    payload = bytes(range(256)) * 4096
    write("ranges.bin", payload)
    with start() as run:
        artifact = wandb.Artifact("ranges", "dataset")
        artifact.add_file("ranges.bin")
        run.log_artifact(artifact).wait()
    folder = wandb.Api().artifact(f"{at}/ranges:v0").download("ranges-down", multipart=True, skip_cache=True)
    with open(os.path.join(folder, "ranges.bin"), "rb") as file:
        return {"same": file.read() == payload}


@scenario
def logged_after_the_run():
    with start() as run:
        run_id = run.id
    artifact = logged("later")
    later = wandb.Api().run(f"{at}/{run_id}")
    later.log_artifact(artifact)
    later.use_artifact(wandb.Api().artifact(f"{at}/stepped:v0"))
    again = wandb.Api().run(f"{at}/{run_id}")
    draft = wandb.Artifact("never-logged", "dataset")
    return {
        "logged": [one.name for one in again.logged_artifacts()], "used": [one.name for one in again.used_artifacts()],
        "refused": [failure(action)["kind"] for action in (lambda: later.log_artifact(draft), lambda: later.use_artifact(draft), lambda: later.use_artifact("later:v0"), lambda: later.log_artifact("later:v0"))],
    }


# test_artifact_public_api.py --------------------------------------------------------------------------------------------


@scenario
def files_listed():
    artifact = wandb.Artifact("listing", "dataset")
    for index in range(10):
        with artifact.new_file(f"file{index}.txt") as file:
            file.write(str(index))
    with start() as run:
        run.log_artifact(artifact).wait()
    fetched = wandb.Api().artifact(f"{at}/listing:v0")
    facts = {"names": [file.name for file in fetched.files(per_page=3)], "some": [file.name for file in fetched.files(names=["file0.txt", "file1.txt"])], "path": fetched.get_entry("file3.txt").download(os.getcwd()) == os.path.join(os.getcwd(), "file3.txt")}
    if newest:
        files = fetched.files(per_page=3)
        first = [file.name for file in itertools.islice(files, 3)]
        facts |= {"length": [len(fetched.files()), len(fetched.files(names=["file0.txt"]))], "resumed": first + [file.name for file in fetched.files(per_page=3, start=files.cursor)]}
    return facts


@scenario
def cursors():
    """Lists that are gone on with where they were left."""
    api = wandb.Api()
    if not newest:
        return {"resumed": [True] * 4}

    def resumed(all_of, again):
        whole = [one.name for one in all_of()]
        begun = all_of()
        first = next(begun).name
        return len(whole) > 1 and whole == [first, *(one.name for one in again(begun.cursor))]

    kind = api.artifact_type("dataset", project=at)
    collection = api.artifact_collection("dataset", f"{at}/by-tags")
    return {"resumed": [
        resumed(lambda: collection.artifacts(per_page=1), lambda cursor: collection.artifacts(per_page=1, start=cursor)),
        resumed(lambda: kind.collections(per_page=1), lambda cursor: kind.collections(per_page=1, start=cursor)),
        resumed(lambda: kind.collections(per_page=1), lambda cursor: api.artifact_collections(at, "dataset", per_page=1, start=cursor)),
        resumed(lambda: api.registries(organization=organization, per_page=1), lambda cursor: api.registries(organization=organization, per_page=1, start=cursor)),
    ]}


@scenario
def ordered():
    api = wandb.Api()
    versions = lambda order: [one.version for one in api.artifacts("dataset", f"{at}/by-tags", order=order)]  # noqa: E731
    if not newest:
        return {"count": len(list(api.artifacts("dataset", f"{at}/by-tags")))}
    facts = {"up": versions("version_index") == [f"v{index}" for index in range(7)], "plus": versions("+version_index") == [f"v{index}" for index in range(7)], "down": versions("-version_index") == [f"v{index}" for index in reversed(range(7))]}
    if newest:
        names = [one.name for one in api.project(project, team).collections(order="name")]
        facts |= {"sorted": names == sorted(names), "filtered": [one.name for one in api.artifact_type("dataset", project=at).collections(filters={"name": "by-tags"})], "registries": [one.name for one in api.registries(organization=organization, order="-name")]}
    return facts


@scenario
def objects_by_their_names():
    with start() as run:
        artifact = wandb.Artifact("objects", "dataset")
        artifact.add(wandb.Table(columns=["c", "d"], data=[[1, "x"]]), name="t")
        run.log_artifact(artifact).wait()
    fetched = wandb.Api().artifact(f"{at}/objects:v0")

    def put():
        fetched["s"] = wandb.Table(data=[], columns=[])

    return {"table": fetched["t"].data, "none": fetched["s"] is None, "put": failure(put)["kind"], "verified": fetched.download() != "" and fetched.verify() is None}


@scenario
def saved_without_a_run():
    artifact = wandb.Artifact("run-less", "dataset")
    with artifact.new_file("file.txt") as file:
        file.write("saved")
    artifact.save(project=project, settings=wandb.Settings(entity=team))
    artifact.wait()
    return {"type": wandb.Api().artifact(f"{team}/{artifact.project}/run-less:v0").type, "by": artifact.logged_by().job_type}


# test_wandb_artifacts.py ------------------------------------------------------------------------------------------------


@scenario
def sequence_edited():
    logged("sequence-before")
    api = wandb.Api()
    collection = api.artifact_collection("dataset", f"{at}/sequence-before")
    refused = []
    for bad in ("a" * 129, "my/artifact"):

        def rename(bad=bad):
            collection.name = bad

        refused.append(failure(rename)["kind"])
    collection.description = "Said anew."
    collection.name = "sequence-after"
    collection.type = "kind-after"
    collection.tags = ["tag"]
    collection.save()
    again = api.artifact(f"{at}/sequence-after:latest").collection
    facts = [again.name, again.type, again.description, list(again.tags)]
    again.tags = ["new-tag"]
    again.save()

    def internal():
        collection = api.artifact(f"{at}/sequence-after:latest").collection
        collection.type = "wandb-invalid"
        collection.save()

    return {"refused": refused, "edited": facts, "tags": list(api.artifact(f"{at}/sequence-after:latest").collection.tags), "internal": failure(internal), "kept": api.artifact(f"{at}/sequence-after:latest").type}


@scenario
def portfolio_edited():
    logged("portfolio-source").link(f"{shelf}/portfolio-before")
    api = wandb.Api()
    portfolio = api.artifact_collection("dataset", f"{shelf}/portfolio-before")

    def retype():
        portfolio.type = "other"

    typed = failure(retype)["kind"]
    portfolio.description = "A shelf."
    portfolio.name = "portfolio-after"
    portfolio.tags = ["tag"]
    portfolio.save()
    again = api.artifact(f"{shelf}/portfolio-after:v0").collection
    return {"typed": typed, "edited": [again.name, again.description, list(again.tags), sorted(again.aliases)]}


@scenario
def addresses():
    artifact = wandb.Api().artifact(f"{at}/by-tags:v0")
    link = wandb.Api().artifact(f"{shelf}/portfolio-after:v0")
    return {"source": artifact.url.startswith("http") and f"/{at}/artifacts/dataset/by-tags/v0" in artifact.url, "link": "selectionPath=" in link.url or "/registry/" in link.url}


# test_wandb_artifacts_full.py, test_wandb_run_artifacts.py, test_model_workflows.py, test_misc*.py ----------------------


@scenario
def distributed_needs_a_name():
    with start() as run:
        artifact = wandb.Artifact("shared", "dataset")
        upsert, finish = failure(lambda: run.upsert_artifact(artifact))["kind"], failure(lambda: run.finish_artifact(artifact))["kind"]
    with start(group="some-group") as run:
        artifact = wandb.Artifact("shared", "dataset")
        with artifact.new_file("by-group.txt") as file:
            file.write("by the group's name")
        run.upsert_artifact(artifact)
    pending = wandb.Api().artifact_exists(f"{at}/shared:v0")
    with start(group="some-group") as run:
        run.finish_artifact(wandb.Artifact("shared", "dataset")).wait()
    return {"upsert": upsert, "finish": finish, "pending": pending, "files": sorted(wandb.Api().artifact(f"{at}/shared:v0").manifest.entries)}


@scenario
def used_from_another_project():
    with wandb.init(project=f"{project}_other", entity=team) as run:
        run.use_artifact(f"{at}/by-tags:v0").download("other-down")
        path = run.path
    run = wandb.Api().run(path)
    return {"run": run.project, "artifact": [one.project for one in run.used_artifacts()]}


@scenario
def in_the_config():
    artifact = wandb.Api().artifact(f"{at}/by-tags:v0")
    with start(config={"by_address": f"wandb-artifact://{at}/by-tags:v1"}) as run:
        run.config.dataset = run.use_artifact(f"{at}/by-tags:v0")
        run.config.update({"by_id": f"wandb-artifact://_id/{artifact.id}"})

        def nested():
            run.config.nested = {"inner": artifact}

        refused = failure(nested)["kind"]
        run_id = run.id
    run = wandb.Api().run(f"{at}/{run_id}")
    keys = ("_type", "version", "sequenceName")
    return {"config": {key: [value[one] for one in keys] for key, value in run.config.items()}, "same": run.config["by_id"]["id"] == artifact.id, "used": sorted({one.version for one in run.used_artifacts()}), "refused": refused}


@scenario
def models():
    write("model.txt", "weights")
    with start() as run:
        run.log_model("model.txt", "flow-model", aliases=["mine"])
    with start() as run:
        path = run.use_model(f"{at}/flow-model:mine")
        wrong = failure(lambda: run.use_model(f"{at}/by-tags:v0"))["kind"]
        run.link_model("model.txt", "flow-portfolio", "flow-linked")
    with start() as run:
        linked = run.use_model("wandb-registry-model/flow-portfolio:v0")
    with open(path) as file, open(linked) as other:
        return {"path": os.path.basename(path), "content": [file.read(), other.read()], "wrong": wrong}


@scenario
def code():
    write("source/main.py", "print('code')")
    write("source/readme.txt", "not code")
    with start() as run:
        artifact = run.log_code("source", name="flow-code")
        artifact.wait()
        run_id = run.id
    fetched = wandb.Api().artifact(f"{at}/{artifact.name}")
    return {"type": fetched.type, "files": sorted(fetched.manifest.entries), "logged": [one.type for one in wandb.Api().run(f"{at}/{run_id}").logged_artifacts()]}


@scenario
def draft_of_a_draft():
    logged("drafted", "first")
    draft = wandb.Api().artifact(f"{at}/drafted:v0").new_draft()
    with draft.new_file("more.txt") as file:
        file.write("more")
    draft.remove("file.txt")
    with start() as run:
        run.log_artifact(draft).wait()
    fetched = wandb.Api().artifact(f"{at}/drafted:v1")
    return {"files": sorted(fetched.manifest.entries), "missing": failure(lambda: wandb.Api().artifact(f"{at}/drafted:v9"))["kind"], "removed": failure(lambda: fetched.remove("more.txt"))["kind"]}


@scenario
def the_same_again():
    logged("again", "the same")
    second = logged("again", "the same")
    return {"version": second.version, "count": len(list(wandb.Api().artifacts("dataset", f"{at}/again")))}


# test_registry.py -------------------------------------------------------------------------------------------------------


@scenario
def registry_life():
    api = wandb.Api()
    make = lambda name, **more: api.create_registry(name, **{"visibility": "organization", "organization": organization, **more})  # noqa: E731
    name = f"life-{registry_name}"
    made = make(name, description="At first.")
    made.load()
    facts = {"full": made.full_name, "organization": made.organization, "all": made.allow_all_artifact_types, "types": list(made.artifact_types)}
    made.artifact_types.append("model-1")
    both = failure(made.save)["kind"]
    made.allow_all_artifact_types = False
    made.save()
    made.artifact_types.append("model-2")
    draft = list(made.artifact_types.draft)
    made.description = "" if newest else "Said anew."
    made.save()
    fetched = api.registry(name, organization)
    facts |= {"both": both, "draft": draft, "after": sorted(fetched.artifact_types), "open": fetched.allow_all_artifact_types, "description": fetched.description, "removed": failure(lambda: fetched.artifact_types.remove("model-1"))["kind"]}
    if newest:
        fetched.name = f"{name}-renamed"
        fetched.save()
        # The old name leads on to the new one, here.
        facts |= {"renamed": [fetched.name, api.registry(f"{name}-renamed").id == made.id, api.registry(name, organization).name]}
    last = api.registry(fetched.name, organization)
    last.delete()
    return {**facts, "loaded": failure(last.load)["kind"], "deleted_twice": failure(last.delete)["kind"]}


@scenario
def registry_refused():
    api = wandb.Api()
    make = lambda name, **more: failure(lambda: api.create_registry(name, **{"visibility": "organization", "organization": organization, **more}))  # noqa: E731
    existing = api.registry(registry_name, organization)
    long = failure(lambda: (setattr(existing, "name", "p" * 200), existing.save())) if newest else None
    return {
        "twice": make(registry_name)["kind"], "empty": make("")["kind"], "organization": make("elsewhere", organization="nobody-there")["words"], "fetched": failure(lambda: api.registry(registry_name, "nobody-there"))["words"],
        "types": make("typed", artifact_types=["::///"])["kind"], "visibility": make("seen", visibility="invalid")["words"], "named": make("::::????")["kind"], "long": long,
        "inferred": api.registry(registry_name).organization, "names": sorted(one.name for one in api.registries(organization=organization)),
    }


# test_core/test_public_api.py -------------------------------------------------------------------------------------------


@scenario
def runs_from_afar():
    api = wandb.Api()
    made = api.create_run(project=project, entity=team)
    with start(config={"foo": "not_bar"}, tags=["seed"]) as run:
        run.log({"acc": 100, "nested": {"deep": 1}})
        run_id = run.id
    run = api.run(f"{at}/{run_id}")
    run.tags.append("test")
    run.config["foo"] = "bar"
    run.update()
    run.summary["later"] = {"inner": 2}
    run.summary.update()
    again = wandb.Api().run(f"{at}/{run_id}")
    facts = {"made": [made.project, made.entity], "tags": sorted(again.tags), "config": again.config, "summary": [again.summary["acc"], again.summary["later"]["inner"], again.summary["nested"]["deep"]], "metadata": again.metadata is None or isinstance(again.metadata, dict), "html": f"/{at}/runs/{run_id}" in again.to_html()}
    if newest:
        facts |= {"state": [made.update_state("failed"), wandb.Api().run(f"{at}/{made.id}").state]}
    return facts


@scenario
def files_of_a_run():
    with start() as run:
        run_id = run.id
    run = wandb.Api().run(f"{at}/{run_id}")
    write("inside/one.txt", "one")
    write("inside/two.txt", "two")
    run.upload_file("inside/one.txt")
    run.upload_file("inside/two.txt", root="inside")
    outside = failure(lambda: run.upload_file("one.txt", root="../../.."))["kind"]
    names = sorted(file.name for file in wandb.Api().run(f"{at}/{run_id}").files() if file.name.endswith(".txt") and "requirements" not in file.name)
    direct = wandb.Api().run(f"{at}/{run_id}").file("inside/one.txt")
    with direct.download(root="run-down", replace=True) as file:
        content = file.read()
    direct.delete()
    return {"names": names, "content": content, "after": [file.name for file in wandb.Api().run(f"{at}/{run_id}").files() if file.name in names], "outside": outside}


@scenario
def people_and_places():
    api = wandb.Api()
    me = api.viewer
    places = [one.name for one in api.projects(team)]
    return {
        "viewer": [me.username == api.user(me.username).username, api.default_entity], "nobody": api.user("nobody@nowhere.example") is None, "team": api.team(team).name, "project": [project in places, api.project(project, team).name],
        "no_project": failure(lambda: api.project("not-there", team).id)["kind"] if newest else "ValueError", "no_run": failure(lambda: api.run(f"{at}/not-there"))["kind"], "bad_path": failure(lambda: api.run("bad/path/not/found/at/all"))["kind"],
    }


@scenario
def histories():
    with start() as run:
        for step in range(20):
            run.log({"acc": step, "loss": 20 - step, **({"rare": step} if step % 5 == 0 else {})})
        run_id = run.id
    run = wandb.Api().run(f"{at}/{run_id}")
    scan = list(run.scan_history(page_size=7))
    facts = {
        "all": [row["acc"] for row in scan], "keys": [sorted(row) for row in run.scan_history(keys=["acc", "rare"])][:1], "rare": [row["rare"] for row in run.scan_history(keys=["rare"])], "part": [row["acc"] for row in run.scan_history(min_step=5, max_step=9)],
        "sampled": len(run.history(samples=5, pandas=False)),
    }
    if newest:
        runs = wandb.Api().runs(at, filters={"name": run_id})
        facts |= {"histories": len(runs.histories(samples=10, keys=["acc"], format="default"))}
    return facts


# test_data_types.py -----------------------------------------------------------------------------------------------------


@scenario
def tables_that_grow():
    with start() as run:
        table = wandb.Table(columns=["a"], log_mode="MUTABLE")
        for index in range(3):
            table.add_data(index)
            run.log({"mutable": table})
        run_id = run.id
    mutable = wandb.Api().artifact(f"{at}/run-{run_id}-mutable:latest").get("mutable.table.json" if not newest else "mutable")
    with start() as run:
        table = wandb.Table(columns=["a"], log_mode="INCREMENTAL")
        for index in range(3):
            table.add_data(index)
            run.log({"grown": table})
        grown_id = run.id
    names = [one.name for one in wandb.Api().run(f"{at}/{grown_id}").logged_artifacts()]
    return {"mutable": None if mutable is None else [row[0] for row in mutable.data], "grown": sorted(name.split(":")[0].replace(grown_id, "ID") for name in names if "grown" in name), "versions": [name.split(":")[1] for name in names if "grown" in name]}


@scenario
def objects_of_others():
    """Tables and images that another artifact holds: by reference, and joined."""
    with start() as run:
        left = wandb.Artifact("join-left", "dataset")
        left.add(wandb.Table(columns=["id", "a"], data=[[1, "x"], [2, "y"]]), "left")
        run.log_artifact(left).wait()
    with start() as run:
        used = run.use_artifact(f"{at}/join-left:latest")
        joined = wandb.Artifact("joined", "dataset")
        right = wandb.Table(columns=["id", "b"], data=[[1, "p"], [2, "q"]])
        joined.add(wandb.JoinedTable(used.get("left"), right, "id"), "joined")
        joined.add_reference(used.get_entry("left.table.json").ref_url(), "linked.table.json")
        run.log_artifact(joined).wait()
    fetched = wandb.Api().artifact(f"{at}/joined:latest")
    table = fetched.get("joined")
    # Not past the cache: there the client leaves out what other artifacts hold.
    folder = fetched.download("joined-down")
    files = [os.path.exists(os.path.join(folder, path)) for path in fetched.manifest.entries]
    return {"class": type(table).__name__, "files": files, "rows": len(fetched.get("linked").data)}


run_scenarios()
