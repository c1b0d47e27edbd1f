"""The public API over artifacts and registries: looking things up, filters, order, paging, changing and deleting."""

import wandb

from scenarios import failure, organization, parameters, run_scenarios, scenario, team, write

project = parameters["project"]
path = f"{team}/{project}"
registry_name = f"Curated-{parameters['client']}"


def ends(version):
    """`collection:vN` of a version of a registry."""
    return version.name


@scenario
def prepared():
    """Five versions of one model, two of a data set; the later scenarios look at them."""
    with wandb.init(project=project, entity=team, job_type="train") as run:
        for index in range(5):
            write("model.bin", f"model {index}")
            artifact = wandb.Artifact("model", type="model", description=f"number {index}", metadata={"acc": index / 10, "family": "a" if index < 3 else "b", "nested": {"depth": index}})
            artifact.add_file("model.bin")
            run.log_artifact(artifact, aliases=[f"n{index}"], tags=["even" if index % 2 == 0 else "odd"]).wait()
        for index in range(2):
            write("data.csv", f"data {index}")
            artifact = wandb.Artifact("data", type="dataset")
            artifact.add_file("data.csv")
            run.log_artifact(artifact).wait()
        return {"run": run.id}


@scenario
def looked_up():
    api = wandb.Api()
    one = api.artifact(f"{path}/model:n2")
    return {
        "version": one.version, "type": one.type, "description": one.description, "metadata": one.metadata, "tags": one.tags, "aliases": sorted(one.aliases), "qualified": one.qualified_name,
        "exists": [api.artifact_exists(f"{path}/model:{name}") for name in ("latest", "v3", "n9", "v9")] + [api.artifact_exists(f"{path}/other:latest")],
        "collection_exists": [api.artifact_collection_exists(f"{path}/{name}", "model") for name in ("model", "other")],
        "missing": failure(lambda: api.artifact(f"{path}/model:n9")), "wrong_type": failure(lambda: api.artifact(f"{path}/model:latest", type="dataset")),
        "types": sorted(one.name for one in api.artifact_types(path)), "type_name": api.artifact_type("model", path).name,
        "collections": sorted(one.name for one in api.artifact_collections(path, "model")), "collection": api.artifact_collection("model", f"{path}/model").description,
        "of_project": sorted(one.name for one in api.project(project, entity=team).artifacts_types()) if hasattr(api.project(project, entity=team), "artifacts_types") else None,
        "logged_by": one.logged_by().id, "used_by": [run.id for run in one.used_by()],
    }


@scenario
def versions_listed():
    api = wandb.Api()
    everything = [one.version for one in api.artifacts("model", f"{path}/model")]
    return {
        "all": everything, "paged": [one.version for one in api.artifacts("model", f"{path}/model", per_page=2)], "length": len(api.artifacts("model", f"{path}/model")),
        "tagged": sorted(one.version for one in api.artifacts("model", f"{path}/model", tags=["odd"])), "aliases": sorted(alias for one in api.artifacts("model", f"{path}/model") for alias in one.aliases),
        "of_collection": sorted(api.artifact_collection("model", f"{path}/model").aliases),
    }


@scenario
def registry_made():
    api = wandb.Api()
    registry = api.create_registry(name=registry_name, visibility="organization", organization=organization, description="Made by a script.", artifact_types=["model"])
    facts = {
        "name": registry.name, "full": registry.full_name, "visibility": registry.visibility, "types": list(registry.artifact_types), "all_types": registry.allow_all_artifact_types, "description": registry.description,
        "twice": failure(lambda: api.create_registry(name=registry_name, visibility="organization", organization=organization)),
    }
    registry.description = "Described later."
    registry.artifact_types.append("dataset")
    registry.save()
    again = api.registry(registry_name, organization)
    facts["later"] = [again.description, sorted(again.artifact_types)]
    facts["bad_name"] = failure(lambda: api.create_registry(name="a/b", visibility="organization", organization=organization))
    facts["bad_visibility"] = failure(lambda: api.create_registry(name="other", visibility="everybody", organization=organization))
    return facts


@scenario
def registry_filled():
    api = wandb.Api()
    for index, collection in ((0, "alpha"), (1, "alpha"), (2, "alpha"), (3, "beta"), (4, "gamma")):
        api.artifact(f"{path}/model:v{index}").link(f"{organization}/wandb-registry-{registry_name}/{collection}", aliases=["production"] if index in (2, 4) else [f"was{index}"])
    api.artifact(f"{path}/data:v0").link(f"wandb-registry-{registry_name}/rows")
    collection = api.artifact_collection("model", f"{organization}/wandb-registry-{registry_name}/alpha")
    collection.description = "The first letter."
    collection.tags.append("greek")
    collection.save()
    again = api.artifact_collection("model", f"{organization}/wandb-registry-{registry_name}/alpha")
    return {"description": again.description, "tags": list(again.tags), "aliases": sorted(again.aliases), "registry": again.is_sequence()}


@scenario
def types_in_use():
    """A registry that takes everything, until it is told to take no more than what stands in it."""
    api = wandb.Api()
    name = f"Open-{parameters['client']}"
    address = f"{organization}/wandb-registry-{name}"
    opened = api.create_registry(name=name, visibility="organization", organization=organization)
    empty = list(opened.artifact_types)
    opened.allow_all_artifact_types = False
    none_left = failure(opened.save)["kind"]
    api.artifact(f"{path}/model:v0").link(f"{address}/m")
    filled = api.registry(name, organization)
    facts = {"empty": empty, "none_left": none_left, "all": filled.allow_all_artifact_types, "types": list(filled.artifact_types), "listed": [one.name for one in api.artifact_types(address)]}
    filled.allow_all_artifact_types = False
    filled.save()
    closed = api.registry(name, organization)
    return facts | {"closed": [closed.allow_all_artifact_types, list(closed.artifact_types)], "refused": failure(lambda: api.artifact(f"{path}/data:v0").link(f"{address}/d"))}


@scenario
def registries_filtered():
    api = wandb.Api()

    def names(**arguments):
        return [one.name for one in api.registries(organization=organization, **arguments)]

    return {
        "all": sorted(names()), "equal": names(filter={"name": registry_name}), "core": sorted(names(filter={"name": {"$in": ["model", "dataset"]}})),
        "regex": names(filter={"name": {"$regex": f"^{registry_name[:4]}.*{parameters['client']}$"}}), "described": names(filter={"description": {"$regex": "Described"}}),
        "not": registry_name in names(filter={"$not": {"name": registry_name}}), "or": sorted(names(filter={"$or": [{"name": registry_name}, {"name": "model"}]})),
        "since": registry_name in names(filter={"created_at": {"$gt": "2020-01-01"}}), "before": names(filter={"created_at": {"$lt": "2020-01-01"}}), "none": names(filter={"name": "no such"}),
    }


@scenario
def collections_filtered():
    registries = wandb.Api().registries(organization=organization, filter={"name": registry_name})

    def names(**filters):
        return sorted(one.name for one in registries.collections(filter=filters or None))

    return {
        "all": names(), "equal": names(name="beta"), "in": names(name={"$in": ["beta", "gamma"]}), "not_in": names(name={"$nin": ["beta", "gamma"]}), "regex": names(name={"$regex": "^.?a"}),
        "tag": names(tag="greek"), "tag_or": names(**{"$or": [{"tag": "greek"}, {"name": "rows"}]}), "description": names(description={"$regex": "first"}), "since": names(created_at={"$gt": "2020-01-01"}),
        "updated": names(updated_at={"$lt": "2020-01-01"}), "ne": names(name={"$ne": "alpha"}), "nor": names(**{"$nor": [{"name": "alpha"}, {"name": "beta"}]}), "contains": names(name={"$contains": "amm"}),
        "of_registry": sorted(one.name for one in wandb.Api().registry(registry_name, organization).collections()),
    }


@scenario
def versions_filtered():
    registries = wandb.Api().registries(organization=organization, filter={"name": registry_name})

    def found(**filters):
        return sorted(ends(one) for one in registries.versions(filter=filters or None))

    return {
        "all": found(), "tag": found(tag="odd"), "alias": found(alias="production"), "aliases": found(alias={"$in": ["production", "was0"]}), "metadata": found(**{"metadata.family": "b"}),
        "numbers": found(**{"metadata.acc": {"$gte": 0.1, "$lt": 0.4}}), "nested": found(**{"metadata.nested.depth": {"$gt": 3}}), "exists": found(**{"metadata.acc": {"$exists": True}}), "lacks": found(**{"metadata.acc": {"$exists": False}}),
        "both": found(**{"$and": [{"tag": "even"}, {"alias": "production"}]}), "either": found(**{"$or": [{"alias": "was1"}, {"metadata.family": "b"}]}), "not": found(**{"$not": {"tag": "even"}}),
        "since": found(created_at={"$gte": "2020-01-01"}), "until": found(created_at={"$lt": "2020-01-01"}), "version": found(version="v0"), "none": found(tag="nowhere"),
        "chained": sorted(ends(one) for one in registries.collections(filter={"name": "alpha"}).versions(filter={"alias": "production"})),
        "paged": sorted(ends(one) for one in registries.versions(per_page=2)) if True else None,
        "regex": found(tag={"$regex": "^ev"}), "unknown_field": failure(lambda: found(nonsense="x")), "unknown_operator": failure(lambda: found(tag={"$near": "x"})),
    }


@scenario
def links_edited():
    api = wandb.Api()
    address = f"{organization}/wandb-registry-{registry_name}/alpha"
    link = api.artifact(f"{address}:production")
    facts = {"version": link.version, "source": link.source_version, "is_link": link.is_link}
    link.aliases.append("checked")
    link.tags.append("reviewed")
    link.description = "Seen from the registry."
    link.metadata["reviewed"] = True
    link.save()
    fresh = api.artifact(f"{address}:checked")
    source = api.artifact(f"{path}/model:v2")
    facts |= {"aliases": sorted(fresh.aliases), "same_version": fresh.version, "source_tags": sorted(source.tags), "source_description": source.description, "source_metadata": source.metadata["reviewed"], "source_aliases": sorted(source.aliases)}
    api.artifact(f"{address}:v0").aliases
    moved = api.artifact(f"{address}:v0")
    moved.aliases.append("checked")
    moved.save()
    facts["moved_to"] = api.artifact(f"{address}:checked").version
    facts["left"] = sorted(api.artifact(f"{address}:production").aliases)
    api.artifact(f"{address}:v1").unlink()
    facts["unlinked"] = [api.artifact_exists(f"{address}:v1"), api.artifact_exists(f"{path}/model:v1")]
    again = api.artifact(f"{path}/model:v1").link(address)
    facts["again"] = again.version
    facts["linked_artifacts"] = sorted(one.qualified_name for one in api.artifact(f"{path}/model:v2").linked_artifacts)
    return facts


@scenario
def lineage_walked():
    api = wandb.Api()
    with wandb.init(project=project, entity=team, job_type="evaluate") as run:
        run.use_artifact(f"wandb-registry-{registry_name}/alpha:production")
        run.use_artifact(f"{path}/data:latest")
        write("report.txt", "a report")
        run.log_artifact("report.txt", name="report", type="report").wait()
        run_id = run.id
    read = api.run(f"{path}/{run_id}")
    return {
        "run": run_id, "used": sorted(one.source_qualified_name.split("/")[-1] for one in read.used_artifacts()), "logged": [one.name for one in read.logged_artifacts() if one.type == "report"],
        "used_by": [one.id for one in api.artifact(f"{path}/model:v2").used_by()], "logged_by": api.artifact(f"{path}/report:latest").logged_by().id,
        "link_used_by": [one.id for one in api.artifact(f"{organization}/wandb-registry-{registry_name}/alpha:production").used_by()],
    }


@scenario
def members():
    api = wandb.Api()
    registry = api.create_registry(name=f"Members-{parameters['client']}", visibility="restricted", organization=organization)
    user = api.user(parameters["member"])
    registry.add_members(user)
    added = {member.user.username: member.role for member in registry.user_members()}
    registry.update_member(user, "viewer")
    changed = {member.user.username: member.role for member in registry.user_members()}
    registry.remove_members(user)
    removed = [member.user.username for member in registry.user_members()]
    team_object = api.team(parameters["other_team"])
    registry.add_members(team_object)
    teams = {member.team.name: member.role for member in registry.team_members()}
    registry.update_member(team_object, "admin")
    teams_changed = {member.team.name: member.role for member in registry.team_members()}
    registry.remove_members(team_object)
    return {"added": added, "changed": changed, "removed": removed, "teams": teams, "teams_changed": teams_changed, "teams_left": [member.team.name for member in registry.team_members()]}


@scenario
def renamed_and_deleted():
    api = wandb.Api()
    registry = api.create_registry(name=f"Passing-{parameters['client']}", visibility="restricted", organization=organization)
    facts = {"visibility": registry.visibility}
    registry.name = f"Passed-{parameters['client']}"
    registry.save()
    facts["renamed"] = api.registry(f"Passed-{parameters['client']}", organization).name
    facts["old"] = failure(lambda: api.registry(f"Passing-{parameters['client']}", organization).load())
    registry.delete()
    facts["gone"] = [one.name for one in api.registries(organization=organization, filter={"name": f"Passed-{parameters['client']}"})]
    collection = api.artifact_collection("model", f"{organization}/wandb-registry-{registry_name}/gamma")
    collection.delete()
    facts["collections"] = sorted(one.name for one in api.registry(registry_name, organization).collections())
    facts["source_stays"] = api.artifact_exists(f"{path}/model:v4")
    facts["core"] = failure(lambda: api.registry("model", organization).delete())
    return facts


@scenario
def sequences():
    api = wandb.Api()
    linked = failure(lambda: api.artifact_collection("dataset", f"{path}/data").change_type("table"))
    collection = api.artifact_collection("report", f"{path}/report")
    collection.name = "renamed-report"
    collection.description = "Renamed."
    collection.save()
    facts = {"linked": linked, "renamed": api.artifact_exists(f"{path}/renamed-report:latest"), "old": api.artifact_exists(f"{path}/report:latest")}
    collection.change_type("table")
    facts["type"] = api.artifact(f"{path}/renamed-report:latest").type
    collection = api.artifact_collection("table", f"{path}/renamed-report")
    collection.delete()
    facts["gone"] = api.artifact_exists(f"{path}/renamed-report:latest")
    return facts


@scenario
def old_addresses():
    """What W&B's registry of old called it: used, and linked into."""
    old = f"{team}/model-registry/Old-{parameters['client']}"
    with wandb.init(project=project, entity=team) as run:
        used = run.use_artifact(f"{old}:production")
        write("fresh.bin", f"fresh {parameters['client']}")
        artifact = wandb.Artifact("fresh", type="model")
        artifact.add_file("fresh.bin")
        run.log_artifact(artifact).wait()
        run.link_artifact(artifact, old, aliases=["fresh"])
    return {"used": used.digest, "linked": wandb.Api().artifact(f"{old}:fresh").version}


run_scenarios()
