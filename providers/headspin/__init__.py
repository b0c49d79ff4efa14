"""HeadSpin: the Grafana of an organisation, its accounts and the dashboards that are registered with HeadSpin."""
