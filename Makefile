# Every target brings what it needs. A bare machine wants only python3 (with venv), make and git.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .uv/bin/uv
RUN := .venv/bin
STAMP := .venv/.synced
PROTOS := $(sort $(wildcard protos/octavo/v1/*.proto))
# Documents that are not ours to keep here. What is not there is left out, in a sentence.
NASTY ?= ../shared/tools/make_nasty.py
CORPUS ?= ../shared/corpus
FUZZ_SECONDS ?= 60

# Work with the Python that is there, never with a download; and let nothing outside the project decide.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo serve generate fix verify verify-generated docs test bench nasty fuzz

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	@echo "Fetching uv $(UV_VERSION) into .uv/ ..."
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

# --inexact: modules of other packages, which somebody installed beside ours, stay.
$(STAMP): uv.lock pyproject.toml client/pyproject.toml server/pyproject.toml | $(UV)
	@echo "Installing Octavo into .venv/ ..."
	@$(UV) sync --quiet --locked --inexact --all-packages --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

setup: $(STAMP) ## Install everything into .venv/
	@echo "Ready: $(RUN)/octavo-server serve, $(RUN)/octavo process FILE"

demo: $(STAMP) ## Parse sample documents and watch it happen (FILES="a.pdf b.docx" for your own)
	@$(RUN)/python -m demo $(FILES)

serve: $(STAMP) ## Run a server on 127.0.0.1:50051
	@$(RUN)/octavo-server serve

build/googleapis: $(STAMP)
	@rm -rf $@ && mkdir -p $@/google/api $@/google/rpc
	@site="$$($(RUN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" && \
	cp "$$site/google/api/field_behavior.proto" $@/google/api/ && cp "$$site/google/rpc/status.proto" $@/google/rpc/

generate: $(STAMP) build/googleapis ## Make the Python stubs from protos/ again
	@rm -f client/src/octavo/v1/*_pb2*
	@PATH="$(CURDIR)/$(RUN):$$PATH" $(RUN)/python -m grpc_tools.protoc -I protos -I build/googleapis \
		--python_out=client/src --grpc_python_out=client/src --mypy_out=client/src --mypy_grpc_out=client/src $(PROTOS)

fix: $(STAMP) ## Repair what `verify` finds and can be repaired
	@$(RUN)/ruff check --fix --quiet . ; $(RUN)/ruff format --quiet .
	@$(RUN)/buf format -w protos

verify: $(STAMP) build/googleapis verify-generated ## Check style, types, arrows, protos, spelling, links
	$(RUN)/ruff format --check --quiet .
	$(RUN)/ruff check --quiet .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(RUN)/buf format --diff --exit-code protos
	$(RUN)/buf lint
	$(RUN)/codespell
	@$(MAKE) --no-print-directory docs

docs: $(STAMP) ## Build the documentation into build/site; fails on dead links
	@$(RUN)/python -m docsite

verify-generated: $(STAMP)
	@rm -rf build/generated && mkdir -p build/generated && cp -r client/src/octavo/v1 build/generated/v1
	@$(MAKE) --no-print-directory generate
	@diff -r -x __pycache__ build/generated/v1 client/src/octavo/v1 \
		|| { echo "The stubs were stale; they are made again now: look at them and commit." >&2; exit 1; }

test: $(STAMP) ## Run the whole test-suite
	@$(RUN)/pytest $(TESTS)

bench: $(STAMP) ## Measure speed and memory, each figure beside its ceiling; writes build/bench.json
	@$(RUN)/python -m benchmarks --corpus $(CORPUS)

nasty: $(STAMP) ## Hostile documents through a real server, a line each (NASTY=a folder, or a script that writes one)
	@$(RUN)/python -m tests.hostile $(NASTY)

fuzz: $(STAMP) ## Damaged documents through the sandbox, for FUZZ_SECONDS=60 (FUZZ_SEED=N repeats a run)
	@$(RUN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(if $(FUZZ_SEED),--seed $(FUZZ_SEED))
