# make demo   a twin of a sample author, from nothing
# make dev    the Dagster UI and the gateway
# make test   the whole test suite
# make check  lint, format and types
# make weaviate     a Weaviate server on this machine alone, until Ctrl-C; its data stay in .twin/weaviate
# make real-parts   the servers that some tests start (Weaviate), into CACHE
PYTHON ?= python3.11
# Where PyTorch's own index is reachable, TORCH_BACKEND=cpu saves 4 GB.
TORCH_BACKEND ?=
UV = .venv/tools/bin/uv
BIN = .venv/bin

# Outside the checkout, so that a clean checkout need not build them again.
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/llm-twin/bin
WEAVIATE = v1.39.0

.PHONY: setup demo dev test check format clean real-parts weaviate
setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@test -d .venv || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@test -x $(UV) || { $(PYTHON) -m venv .venv/tools && .venv/tools/bin/pip install --quiet uv; }
	@echo "Installing pinned dependencies (a minute or so; 6 GB on disk)"
	@$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt \
	    $(if $(TORCH_BACKEND),--torch-backend=$(TORCH_BACKEND)) -e '.[laptop,dev]'
	@touch $@

demo: setup
	@$(BIN)/twin demo

dev: setup
	@$(BIN)/twin dev

test: setup
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright

real-parts: $(CACHE)/weaviate-server-$(WEAVIATE)

$(CACHE)/weaviate-server-$(WEAVIATE):
	@echo "Building Weaviate $(WEAVIATE) (4 minutes on 2 cores, once)"
	@mkdir -p $(CACHE)
	@GOBIN=$(CACHE)/.new CGO_ENABLED=0 go install github.com/weaviate/weaviate/cmd/weaviate-server@$(WEAVIATE) \
	    || { echo "This needs Go 1.26, or 1.21 and newer, which fetch it: https://go.dev/dl"; exit 1; }
	@mv $(CACHE)/.new/weaviate-server $@

weaviate: real-parts
	@echo "Weaviate on http://127.0.0.1:8080, gRPC on 50051; for each twin command: export TWIN_WEAVIATE_URL=http://127.0.0.1:8080"
	@PERSISTENCE_DATA_PATH=.twin/weaviate AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=true DISABLE_TELEMETRY=true \
	    CLUSTER_HOSTNAME=node1 CLUSTER_ADVERTISE_ADDR=127.0.0.1 CLUSTER_IN_LOCALHOST=true RAFT_BOOTSTRAP_EXPECT=1 \
	    LOG_LEVEL=warning $(CACHE)/weaviate-server-$(WEAVIATE) --host 127.0.0.1 --port 8080 --scheme http

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf .venv .twin

# make bench-setup   the peers that the benchmarks measure, in an environment of their own (1.4 GB)
# make bench         every benchmark beside its peer (half an hour on two cores); writes docs/performance.md
.PHONY: bench bench-setup
PEERS = benchmarks/.venv-peers

bench-setup: setup
	@test -d $(PEERS) || $(UV) venv --quiet --python $(BIN)/python $(PEERS)
	@# copied, not linked: nltk refuses files that have a second name
	@$(UV) pip install --quiet --link-mode copy --no-deps --python $(PEERS)/bin/python \
	    -r benchmarks/requirements-peers.txt

bench: setup
	@$(BIN)/python -m benchmarks
