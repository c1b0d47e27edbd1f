"""Reads events with OpenLineage's own client: its classes are made from the published schema and check what they are given."""

import json
import sys

import attr
from openlineage.client.event_v2 import DatasetEvent, InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent, RunState, StaticDataset
from openlineage.client.facet_v2 import dataset_version_dataset, nominal_time_run
from openlineage.client.generated.base import DatasetFacet, RunFacet
from openlineage.client.serde import Serde

known = {
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
}


def strictly(cls, values, **more):
    """An object of a class that knows every member it is given, but for those that begin with an underscore (the client sets them itself)."""
    names = {field.name for field in attr.fields(cls)}
    unknown = [name for name in values if name not in names and not name.startswith("_")]
    if unknown:
        raise ValueError(f"{cls.__name__} knows no {unknown}")
    return cls(**{name: value for name, value in values.items() if name in names and not name.startswith("_")}, **more)


def facets(given, base):
    made = {}
    for name, values in (given or {}).items():
        for needed in ("_producer", "_schemaURL"):
            if not isinstance(values.get(needed), str) or "://" not in values[needed]:
                raise ValueError(f"the facet {name} lacks {needed}")
        if name in known:
            facet = strictly(known[name], values)
            if facet._get_schema() != values["_schemaURL"]:
                raise ValueError(f"the facet {name} names {values['_schemaURL']}, the client {facet._get_schema()}")
        else:
            facet = base()
        made[name] = facet
    return made


def dataset(cls, values):
    return strictly(cls, {key: value for key, value in values.items() if key != "facets"}, facets=facets(values.get("facets"), DatasetFacet))


def read(event):
    sides = {
        "inputs": [dataset(InputDataset, one) for one in event.get("inputs", [])],
        "outputs": [dataset(OutputDataset, one) for one in event.get("outputs", [])],
    }
    common = {"eventTime": event["eventTime"], "producer": event["producer"]}
    if "run" in event:
        run = strictly(Run, {"runId": event["run"]["runId"]}, facets=facets(event["run"].get("facets"), RunFacet))
        made = RunEvent(eventType=RunState(event["eventType"]), run=run, job=strictly(Job, event["job"]), **sides, **common)
    elif "job" in event:
        made = JobEvent(job=strictly(Job, event["job"]), **sides, **common)
    else:
        made = DatasetEvent(dataset=dataset(StaticDataset, event["dataset"]), **common)
    if made.schemaURL != event["schemaURL"]:
        raise ValueError(f"the event names {event['schemaURL']}, the client {made.schemaURL}")
    json.loads(Serde.to_json(made))
    return type(made).__name__


events = json.load(sys.stdin)
told = {}
for number, event in enumerate(events, 1):
    try:
        name = read(event)
    except Exception as error:
        print(json.dumps({"event": number, "problem": f"{type(error).__name__}: {error}"}))
        sys.exit(1)
    told[name] = told.get(name, 0) + 1
print(json.dumps({"read": told}))
