"""Walks every version of every registry through the public API, page by page."""

import time

import wandb

from scenarios import organization, run_scenarios, scenario


@scenario
def walk():
    begun = time.perf_counter()
    at = begun
    pages = []
    count = 0
    numbers = set()
    for version in wandb.Api(timeout=60).registries(organization=organization).versions(per_page=500):
        count += 1
        numbers.add(version.name)
        if count % 500 == 0:
            now = time.perf_counter()
            pages.append(now - at)
            at = now
    return {"seconds": time.perf_counter() - begun, "count": count, "different": len(numbers), "pages": pages}


run_scenarios()
