"""Projects of any size, the same for every program: TOML for hcl-lite, HCL for Terraform, the dashboards of both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_TEMPLATE = Path(__file__).resolve().parents[2] / "examples/quickstart/dashboards/prometheus.json"
_PROVIDER = '[provider.grafana]\nurl = "{url}"\nauth = "{auth}"\n'
_TERRAFORM = """terraform {{
  required_providers {{
    grafana = {{ source = "grafana/grafana" }}
  }}
}}
provider "grafana" {{
  url  = "{url}"
  auth = "{auth}"
}}
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A directory with `size` dashboards of 28 kB, their folders and their data sources."""

    directory: Path
    size: int

    @property
    def folders(self) -> int:
        """Number of folders, 20 at the most."""
        return max(1, min(20, self.size // 20))

    @property
    def sources(self) -> int:
        """Number of data sources, 10 at the most."""
        return max(1, min(10, self.size // 100))

    @property
    def changed(self) -> int:
        """Number of the dashboard that is edited where it is one only."""
        return self.size // 2

    @property
    def edited(self) -> range:
        """Numbers of the dashboards that somebody edits in Grafana: a tenth of all."""
        return range(0, self.size, 10)

    @property
    def others(self) -> Path:
        """Directory of a project for the same server in which nothing is declared yet."""
        return self.directory / "others"

    def folder_uid(self, dashboard: int) -> str:
        """Uid of the folder that a dashboard lies in."""
        return f"bench-f{dashboard % self.folders}"

    def file(self, dashboard: int) -> Path:
        """File of a dashboard's JSON."""
        return self.directory / f"dashboards/{dashboard}.json"

    def write(self, url: str, auth: str) -> None:
        """Write all files, for a server."""
        (self.directory / "dashboards").mkdir(parents=True)
        self.others.mkdir()
        self.edit(range(self.size), 1)
        given = {"url": url, "auth": auth}
        (self.directory / "main.toml").write_text(_PROVIDER.format(**given) + self._toml())
        (self.directory / "main.tf").write_text(_TERRAFORM.format(**given) + self._hcl())
        (self.others / "main.toml").write_text(_PROVIDER.format(**given))

    def edit(self, dashboards: range, revision: int) -> None:
        """Write files of dashboards, which tell their revision in their description."""
        template = json.loads(_TEMPLATE.read_text())
        for number in dashboards:
            named = {"uid": f"bench-{number}", "title": f"Bench {number}", "description": f"Revision {revision}"}
            text = json.dumps({**template, **named})
            self.file(number).write_text(text.replace('"uid": "prometheus"', f'"uid": "bench-{number % self.sources}"'))

    def _toml(self) -> str:
        blocks = [
            f'[resource.grafana_data_source.s{n}]\nname = "bench-{n}"\nuid = "bench-{n}"\ntype = "prometheus"\n'
            'url = "http://localhost:9090"\n'
            for n in range(self.sources)
        ]
        blocks += [
            f'[resource.grafana_folder.f{n}]\ntitle = "Bench {n}"\nuid = "bench-f{n}"\n' for n in range(self.folders)
        ]
        blocks += [
            f'[resource.grafana_dashboard.d{n}]\nfolder = "${{grafana_folder.f{n % self.folders}.uid}}"\n'
            f"config_json = '${{file(\"dashboards/{n}.json\")}}'\n"
            for n in range(self.size)
        ]
        return "\n".join(blocks)

    def _hcl(self) -> str:
        blocks = [
            f'resource "grafana_data_source" "s{n}" {{\n  name = "bench-{n}"\n  uid = "bench-{n}"\n'
            '  type = "prometheus"\n  url = "http://localhost:9090"\n}\n'
            for n in range(self.sources)
        ]
        blocks += [
            f'resource "grafana_folder" "f{n}" {{\n  title = "Bench {n}"\n  uid = "bench-f{n}"\n}}\n'
            for n in range(self.folders)
        ]
        blocks += [
            f'resource "grafana_dashboard" "d{n}" {{\n  folder = grafana_folder.f{n % self.folders}.uid\n'
            f'  config_json = file("${{path.module}}/dashboards/{n}.json")\n}}\n'
            for n in range(self.size)
        ]
        return "\n".join(blocks)
