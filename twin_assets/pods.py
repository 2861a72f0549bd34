"""Op tags for runs on Kubernetes, and why each is so. On one machine nothing reads them."""

# Training, evaluation and quantisation hold a model: one GPU, and a node that is kept for such
# work.
GPU = {
    "dagster-k8s/config": {
        "container_config": {"resources": {"limits": {"nvidia.com/gpu": "1"}}},
        "pod_spec_config": {
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
        },
    }
}

# Pools: steps that hold a model take turns, and so do those that write the vector index.
ACCELERATOR_POOL = "accelerator"
INDEX_POOL = "index"
