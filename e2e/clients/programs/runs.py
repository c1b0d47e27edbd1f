"""Runs: what a script logs into them, how they end, how they are taken up again, and what the public API tells of them."""

import json
import math
import os
import re
import sys
import time

import wandb

from scenarios import failure, organization, parameters, run_scenarios, scenario, team, write

project = parameters["project"]
path = f"{team}/{project}"


def start(**settings):
    return wandb.init(project=project, entity=team, **settings)


def fetched(run_id):
    return wandb.Api().run(f"{path}/{run_id}")


@scenario
def config_and_summary():
    with start(config={"lr": 0.1, "nested": {"depth": 3}, "list": [1, "two", None]}, name="named run", group="sweep-7", job_type="train", tags=["a", "b"], notes="Some notes.") as run:
        run.config.update({"batch": 32})
        for step in range(5):
            run.log({"loss": 1 / (step + 1), "acc": step / 10})
        run.summary["best"] = 0.99
        run.summary.update({"table": {"deep": 1}})
        run_id = run.id
    back = fetched(run_id)
    return {
        "run": run_id, "state": back.state, "name": back.name, "config": dict(back.config), "summary": {key: back.summary[key] for key in ("loss", "acc", "best")},
        "group": back.group, "job_type": back.job_type, "tags": sorted(back.tags), "notes": back.notes, "user": back.user.username if back.user else None,
    }


@scenario
def history():
    with start() as run:
        for step in range(300):
            run.log({"loss": 1 / (step + 1), "step": step, "curve/nested": step * 2, "deep": {"inner": {"value": step}, "dotted.name": step}})
        run.log({"odd": float("nan"), "big": float("inf"), "small": float("-inf"), "text": "words", "histogram": {"bins": [1, 2]}})
        run_id = run.id
    back = fetched(run_id)
    scanned = list(back.scan_history())
    return {
        "run": run_id, "scanned": len(scanned), "first": scanned[0]["loss"], "last": scanned[299]["step"],
        "keys": [len(list(back.scan_history(keys=["loss", "curve/nested"])))], "window": [row["step"] for row in back.scan_history(keys=["step"], min_step=10, max_step=15, page_size=5)],
        "inside": [row["deep.inner.value"] for row in back.scan_history(keys=["deep.inner.value", "deep.dotted.name"], min_step=10, max_step=12, page_size=2)], "inside_sampled": sorted(back.history(samples=20, keys=["deep.inner.value"], pandas=False)[0]),
        "sampled": len(back.history(samples=50, pandas=False)), "sampled_keys": sorted(back.history(samples=20, keys=["loss"], pandas=False)[0]),
        "nan": math.isnan(scanned[300]["odd"]) if isinstance(scanned[300]["odd"], float) else scanned[300]["odd"], "text": scanned[300]["text"], "last_step": back.lastHistoryStep,
    }


@scenario
def own_steps():
    with start() as run:
        run.define_metric("epoch")
        run.define_metric("val/*", step_metric="epoch")
        for step in (0, 10, 20, 35):
            run.log({"val/loss": step, "epoch": step / 10}, step=step)
        run_id = run.id
    rows = list(fetched(run_id).scan_history())
    return {"run": run_id, "steps": [row["_step"] for row in rows], "values": [row["val/loss"] for row in rows]}


@scenario
def console_and_files():
    write("kept/notes.txt", "kept with the run")
    with start(settings=wandb.Settings(console="wrap")) as run:
        print("a line of output")
        print("another line", file=sys.stderr)
        for percent in range(0, 101, 20):
            sys.stdout.write(f"\rprogress {percent}%")
        sys.stdout.write("\n")
        print("ünïcödé ✓")
        run.save("kept/notes.txt", base_path=".", policy="now")
        run_id = run.id
    back = fetched(run_id)
    file = back.file("kept/notes.txt")
    with file.download(root="files-down", replace=True) as opened:
        content = opened.read()
    with back.file("output.log").download(root="files-down", replace=True) as opened:
        output = opened.read()
    write("later.txt", "uploaded later")
    back.upload_file("later.txt")
    names = sorted(one.name for one in fetched(run_id).files())
    matching = [one.name for one in fetched(run_id).files(["later.txt"])]
    fetched(run_id).file("later.txt").delete()
    return {"run": run_id, "names": names, "matching": matching, "content": content, "output": output, "size": file.size, "after": sorted(one.name for one in fetched(run_id).files())}


@scenario
def system_metrics():
    run = start(settings=wandb.Settings(x_disable_stats=False, x_stats_sampling_interval=0.2))
    end = time.monotonic() + 3
    while time.monotonic() < end:
        run.log({"spin": sum(range(10000))})
        time.sleep(0.05)
    run_id = run.id
    run.finish()
    rows = fetched(run_id).history(stream="system", samples=100, pandas=False)
    return {"run": run_id, "rows": len(rows), "keys": sorted({key for row in rows for key in row if key.startswith("system.")})[:5]}


@scenario
def failed():
    run = start()
    run.log({"x": 1})
    run_id = run.id
    run.finish(exit_code=3)
    return {"run": run_id, "state": fetched(run_id).state}


@scenario
def resumed():
    first = start(id=f"resume-{parameters['client']}", resume="never", config={"kept": 1}, tags=["first"])
    for step in range(3):
        first.log({"v": step})
    first.summary["only_first"] = 7
    first.finish()
    must = start(id=f"resume-{parameters['client']}", resume="must")
    facts = {"resumed": must.resumed, "step": must.step, "config": dict(must.config), "summary": must.summary.get("only_first"), "tags": list(must.tags)}
    must.log({"v": 3})
    must.finish()
    allow = start(id=f"resume-{parameters['client']}", resume="allow")
    allow.log({"v": 4})
    allow.finish()
    fresh = start(id=f"fresh-{parameters['client']}", resume="allow")
    facts["fresh"] = fresh.resumed
    fresh.finish()
    return {
        **facts, "values": [row["v"] for row in fetched(f"resume-{parameters['client']}").scan_history(keys=["v"])],
        "never": failure(lambda: start(id=f"resume-{parameters['client']}", resume="never", settings=wandb.Settings(init_timeout=30))),
        "must_new": failure(lambda: start(id=f"never-there-{parameters['client']}", resume="must", settings=wandb.Settings(init_timeout=30))),
    }


@scenario
def changed_later():
    with start(config={"lr": 1}) as run:
        run.log({"x": 1})
        run_id = run.id
    back = fetched(run_id)
    back.config["lr"] = 2
    back.tags.append("reviewed")
    back.notes = "Said later."
    back.name = "renamed"
    back.update()
    back.summary["judged"] = "good"
    back.summary.update()
    again = fetched(run_id)
    return {"run": run_id, "lr": again.config["lr"], "tags": sorted(again.tags), "notes": again.notes, "name": again.name, "judged": again.summary["judged"], "x": again.summary["x"]}


@scenario
def listed():
    for index in range(6):
        with start(config={"index": index, "even": index % 2 == 0, "optimizer": {"name": "adam" if index > 2 else "sgd"}}, group="listed", notes=f"note {index}", name=f"listed-{index}", tags=["odd"] if index % 2 else []) as run:
            run.log({"score": index * 10})
    api = wandb.Api()

    def found(order="+created_at", per_page=50, **filters):
        return [run.name for run in api.runs(path, filters={"$and": [{"group": "listed"}, filters]} if filters else {"group": "listed"}, order=order, per_page=per_page)]

    return {
        "all": found(), "backwards": found("-created_at"), "paged": found(per_page=2), "config": found(**{"config.even": True}), "nested": found(**{"config.index": {"$gte": 2, "$lt": 5}}),
        "summary": found(**{"summary_metrics.score": {"$gt": 30}}), "by_summary": found("-summary_metrics.score"), "state": found(state="finished"), "either": found(**{"$or": [{"config.index": 1}, {"display_name": "listed-4"}]}),
        "named": found(display_name={"$regex": "listed-[01]$"}), "escaped": found(display_name={"$regex": re.escape("listed-5")}), "any_case": found(display_name={"$regex": r"(?i)\ALISTED-[[:digit:]]\z"}),
        "inside": found(**{"config.optimizer.value.name": "adam"}), "duration": found(duration={"$gte": 0}), "host": found(host={"$exists": True}), "whose": found(username=api.viewer.username, entity=team, project=project),
        "notes": found(notes="note 3"), "kind": found(**{"jobType": {"$exists": False}, "createdAt": {"$gt": "2023-01-01T12:00:00Z"}}), "by_config": found("-config.index.value"), "by_life": found("-heartbeat_at"), "by_duration": sorted(found("+duration")), "tags": found(tags={"$in": ["odd"]}), "none": found(**{"config.index": 99}), "count": len(api.runs(path, filters={"group": "listed"})),
    }


@scenario
def alerted():
    with start() as run:
        run.alert(title="Low accuracy", text="Below the bar.", level=wandb.AlertLevel.WARN)
        run_id = run.id
    return {"run": run_id, "state": fetched(run_id).state}


@scenario
def stopped_and_deleted():
    with start() as run:
        run.log({"x": 1})
        write("of-deleted.txt", "of a run that goes")
        run.log_artifact("of-deleted.txt", name="of-deleted", type="dataset").wait()
        run_id = run.id
    fetched(run_id).delete()
    return {"run": run_id, "after": failure(lambda: fetched(run_id)), "again": failure(lambda: start(id=run_id)), "artifact": wandb.Api().artifact_exists(f"{path}/of-deleted:latest")}


@scenario
def projects():
    api = wandb.Api()
    names = [one.name for one in api.projects(team)]
    one = api.project(project, entity=team)
    empty = failure(lambda: api.create_project("made-by-api", team))
    return {"listed": project in names, "name": one.name, "empty": empty, "viewer": api.viewer.username, "entity": api.default_entity}


@scenario
def not_offered():
    api = wandb.Api()
    return {
        "sweep": failure(lambda: wandb.sweep({"method": "random", "parameters": {"x": {"values": [1]}}}, project=project, entity=team)),
        "sweeps": failure(lambda: api.sweep(f"{path}/abcdefgh")),
        "queue": failure(lambda: api.run_queue(team, "queue").type),
        "team": failure(lambda: api.create_team("another", admin_username="nobody")),
        "reports": failure(lambda: list(api.reports(path))),
    }


run_scenarios()
