"""Public calls that no other program here makes: consoles read back, runs stopped from afar, and the older client's own way to the server."""

import wandb

from scenarios import parameters, run_scenarios, scenario, team

project = parameters["project"]


def path(run_id):
    return f"{team}/{project}/{run_id}"


@scenario
def console():
    """Newest only: the console of a run that is over, whole and its end."""
    with wandb.init(project=project, entity=team, settings=wandb.Settings(console="wrap")) as run:
        for number in range(5):
            print(f"line {number} of the console")
    ran = wandb.Api().run(path(run.id))
    if not hasattr(ran, "console_logs"):
        return {"offered": False}
    return {
        "offered": True,
        "run": run.id,
        "whole": [line.content for line in ran.console_logs(per_page=2)],
        "end": [line.content for line in ran.console_logs(last=1)],
    }


@scenario
def stopped_from_afar():
    """A run that no process stands behind is asked to stop."""
    created = wandb.Api().create_run(run_id="asked-to-stop", project=project, entity=team)
    if hasattr(created, "stop"):
        created.stop()
    else:
        from wandb.apis import InternalApi

        assert InternalApi().stop_run(created.storage_id)
    return {"run": created.id}


@scenario
def waited_for():
    with wandb.init(project=project, entity=team) as run:
        pass
    ran = wandb.Api().run(path(run.id))
    ran.wait_until_finished()
    return {"state": ran.state}


@scenario
def jobs():
    return {"jobs": wandb.Api().list_jobs(team, project)}


@scenario
def artifact_of_the_same_run():
    """An object is taken over from an artifact that the server doesn't know yet: the client names it by an id of its own."""
    with wandb.init(project=project, entity=team) as run:
        first = wandb.Artifact("first", type="dataset")
        table = wandb.Table(columns=["a"], data=[[1], [2]])
        first.add(table, "rows")
        run.log_artifact(first)
        second = wandb.Artifact("second", type="dataset")
        second.add(table, "taken")
        run.log_artifact(second).wait()
    fetched = wandb.Api().artifact(f"{team}/{project}/second:latest")
    return {"rows": fetched.get("taken").data, "references": [entry.ref for entry in fetched.manifest.entries.values() if entry.ref]}


def tried(call):
    """What a call gives, or the kind of error with which the client ends it."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__


@scenario
def own_way():
    """Older only: `wandb.apis.InternalApi`, which its command line stands on."""
    try:
        from wandb.apis import InternalApi
    except ImportError:
        return {"offered": False}
    api = InternalApi()
    if not hasattr(api, "list_projects"):
        return {"offered": False}
    with wandb.init(project=project, entity=team, config={"rate": 0.1}) as run:
        pass
    run_id, _headers, files = api.api.upload_urls(project, ["note.txt"], run=run.id, entity=team)
    with open("note.txt", "wb") as note:
        note.write(b"a note")
    with open("note.txt", "rb") as note:
        api.api.upload_file(files["note.txt"]["uploadUrl"], note)
    every = api.download_urls(project, run=run.id, entity=team)
    one = api.download_url(project, "note.txt", run=run.id, entity=team)
    _length, response = api.download_file(one["url"])
    return {
        "offered": True,
        "run": run.id,
        "storage": run_id,
        "names": sorted(every),
        "note": response.content.decode(),
        "config": api.run_config(project, run=run.id, entity=team)[1],
        "projects": [one["name"] for one in api.list_projects(team)],
        "project": api.api.project(project, entity=team)["name"],
        "team": api.entity_is_team(team),
        "launch": {
            call.__name__: tried(call)
            for call in (
                api.launch_agent_introspection,
                api.api.create_run_queue_introspection,
                api.api.push_to_run_queue_introspection,
                api.api.create_launch_agent_fields_introspection,
                api.api.fail_run_queue_item_fields_introspection,
            )
        },
        "organization": tried(api.api.server_organization_type_introspection),
        "can_read_project": tried(api.api.server_project_type_introspection),
    }


run_scenarios()
