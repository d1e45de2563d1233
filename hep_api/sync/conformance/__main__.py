"""`python -m hep_api.sync.conformance`: the kit without a server of ours."""

from hep_api.sync.conformance.commands import conformance

if __name__ == "__main__":
    conformance(prog_name="python -m hep_api.sync.conformance")
