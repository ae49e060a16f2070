"""For scripts: the functions of the module `octavo`, as the hosted product has them. Synchronous."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo import session
from octavo.answers import OK
from octavo.arguments import told
from octavo.errors import NotFoundError
from octavo.facade import chains, known_modules, module_views
from octavo.facade.file_answers import call_id
from octavo.facade.making import is_not_made, make_if_connected
from octavo.facade.refusals import refused, wrong_type
from octavo.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.answers import Answer


@told
def create_pipeline(*, name: str, module_chain: Sequence[str]) -> Pipeline:
    """Name a chain of modules. Works before `init`, too; the server then makes the pipeline with the first `process`.

    A name that has files of another chain is no error here: `process` will refuse it until they are gone, and
    `reset_pipeline` deletes them.
    Raises InvalidArgumentError (a ValueError: a bad name, an unknown module), InvalidTypeError (a TypeError, too:
    modules that don't fit).
    """
    pipeline = Pipeline(
        name=chains.valid_name(name),
        module_chain=chains.valid_chain(module_chain, known_modules.by_name(is_fresh=True)),
    )
    make_if_connected(pipeline)
    return pipeline


@told
def load_pipeline(*, config_path: str | None = None, pipeline: Pipeline | None = None) -> Pipeline:
    """A pipeline of a file that `save_pipeline` wrote, or another object for the same pipeline; give one of the two.

    Of the file only the pipeline's name and its modules' names are read.
    Raises InvalidArgumentError (a ValueError), FileNotFoundError, yaml.YAMLError.
    """
    if config_path is None and pipeline is None:
        raise refused("config_path", "config_path or pipeline must be passed")
    if config_path is not None and pipeline is not None:
        raise refused("config_path", "only one of config_path and pipeline can be passed")
    if pipeline is not None:
        if not isinstance(pipeline, Pipeline):
            raise wrong_type("pipeline", "pipeline must be what create_pipeline returned")
        return create_pipeline(name=pipeline.pipeline, module_chain=pipeline.module_chain)
    from octavo.facade import yaml_file  # noqa: PLC0415 # Few scripts need it, and it loads slowly.

    name, module_chain = yaml_file.load(config_path)
    return create_pipeline(name=name, module_chain=module_chain)


@told
def reset_pipeline(pipeline: Pipeline) -> None:
    """Delete all that this pipeline holds: files, outputs, status; running jobs are stopped."""
    current = session.current()
    if not isinstance(pipeline, Pipeline):
        raise wrong_type("pipeline", "pipeline must be what create_pipeline returned, not a name")
    try:
        current.run(current.client.reset_pipeline(pipeline.pipeline))
    except NotFoundError as error:
        if not is_not_made(error):
            raise


@told
def view_module_config(*, module_name: str) -> dict[str, Any]:
    """A module's models, params, formats, and an example of its input and output."""
    return module_views.config(module_views.named(module_name))


@told
def view_module_click_data(*, module_name: str) -> dict[str, str | None]:
    """What decides which module can follow which: formats and process keys."""
    return module_views.click_data(module_views.named(module_name))


@told
def check_cap() -> Answer:
    """`status_code` 200 if the server answers: there is no cap on how much may be processed.

    Raises NotInitializedError, OctavoError.
    """
    current = session.current()
    current.run(current.client.authenticate())
    return {"status_code": OK, "request_id": call_id(), "message": "SUCCESS: there is no cap", "warnings": []}


def available_modules() -> list[str]:
    """The names of all modules, sorted: the server's, plug-ins included; before `init` those that every server has."""
    return sorted(known_modules.by_name(is_fresh=True))
