"""One thing after another that roles allow or forbid; each is told as done or as the words of its refusal."""

import os

import wandb

from scenarios import organization, parameters, run_scenarios, scenario, team, write

project = parameters["project"]
registry = parameters["registry"]
collection = f"{organization}/wandb-registry-{registry}/models"


def tried(action):
    try:
        return {"done": True, "value": action()}
    except BaseException as error:  # noqa: BLE001
        return {"done": False, "words": f"{type(error).__name__}: {error}"[:1500]}


def see():
    api = wandb.Api()
    found = api.registries(organization=organization, filter={"name": registry})
    return [sorted(one.name for one in found.collections()), sorted(one.name for one in found.versions()), api.artifact(f"{collection}:latest").metadata]


def see_members():
    return sorted(member.user.username for member in wandb.Api().registry(registry, organization).user_members())


def rename():
    found = wandb.Api().registry(parameters["named"], organization)
    found.name = f"{parameters['named']}-anew"
    found.save()


def show_everybody():
    found = wandb.Api().registry(f"{parameters['named']}-hidden", organization)
    found.visibility = "organization"
    found.save()


def guarded(kind):
    """A collection of this role's own, in which the protected alias stands on v0."""
    return f"{organization}/wandb-registry-{registry}/{kind}-{parameters['name']}"


def move_protected():
    link = wandb.Api().artifact(f"{guarded('moves')}:v1")
    link.aliases.append("production")
    link.save()


def remove_protected():
    link = wandb.Api().artifact(f"{guarded('removes')}:production")
    link.aliases.remove("production")
    link.save()


def unlink_protected():
    wandb.Api().artifact(f"{guarded('unlinks')}:production").unlink()


def delete_protected():
    wandb.Api().artifact_collection("model", guarded("deletes")).delete()


def edit_alias(add, remove=None):
    link = wandb.Api().artifact(f"{collection}:latest")
    if add:
        link.aliases.append(add)
    if remove:
        link.aliases.remove(remove)
    link.save()


def edit_tags():
    api = wandb.Api()
    found = api.artifact_collection("model", collection)
    found.tags.append(f"tag-{parameters['name']}")
    found.description = f"by {parameters['name']}"
    found.save()


def use():
    with wandb.init(project=parameters["own_project"], entity=team, settings=wandb.Settings(init_timeout=60)) as run:
        run.use_artifact(f"{collection}:latest")


def download():
    folder = wandb.Api().artifact(f"{collection}:latest").download(f"down-{parameters['name']}")
    return sorted(os.listdir(folder))


def link():
    wandb.Api().artifact(f"{team}/{project}/model:v1").link(collection, aliases=[f"by-{parameters['name']}"])


def unlink():
    wandb.Api().artifact(f"{collection}:v{parameters['expendable']}").unlink()


def change_members():
    api = wandb.Api()
    api.registry(registry, organization).add_members(api.user(parameters["bystander"]))


def change_visibility():
    found = wandb.Api().registry(registry, organization)
    found.description = f"Described by {parameters['name']}."
    found.artifact_types.append(f"type-{parameters['name']}")
    found.save()


def create_registry():
    wandb.Api().create_registry(name=f"Made-by-{parameters['name']}", visibility="organization", organization=organization)


def delete_registry():
    wandb.Api().registry(parameters["doomed"], organization).delete()


def create_collection():
    wandb.Api().artifact(f"{team}/{project}/model:v0").link(f"{organization}/wandb-registry-{registry}/new-{parameters['name']}")


def delete_collection():
    wandb.Api().artifact_collection("model", f"{organization}/wandb-registry-{registry}/spare-{parameters['name']}").delete()


def protect():
    edit_alias("production")


def log():
    with wandb.init(project=parameters["own_project"], entity=team, settings=wandb.Settings(init_timeout=60)) as run:
        write("logged.txt", parameters["name"])
        run.log_artifact("logged.txt", name="logged", type="dataset").wait()


def run_link():
    with wandb.init(project=parameters["own_project"], entity=team, settings=wandb.Settings(init_timeout=60)) as run:
        write("linked.txt", parameters["name"])
        logged = run.log_artifact("linked.txt", name="linked", type="model").wait()
        run.link_artifact(logged, collection, aliases=[f"run-{parameters['name']}"])


@scenario
def cells():
    actions = {
        "see": see, "see_members": see_members, "rename": rename, "visibility": show_everybody, "move_protected": move_protected, "remove_protected": remove_protected, "unlink_protected": unlink_protected, "delete_protected": delete_protected, "download": download, "use": use, "link": link, "alias": lambda: edit_alias(f"alias-{parameters['name']}"), "tags": edit_tags, "create_collection": create_collection,
        "delete_collection": delete_collection, "unlink": unlink, "create_registry": create_registry, "types": change_visibility, "members": change_members, "protected_alias": protect, "delete_registry": delete_registry, "log": log, "run_link": run_link,
    }
    only = parameters.get("actions")
    return {name: tried(action) for name, action in actions.items() if not only or name in only}


run_scenarios()
