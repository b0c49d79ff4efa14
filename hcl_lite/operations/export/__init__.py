"""Export of managed objects as files of another tool, for those who need both.

state ──objects.read_exported──▶ Exported: documents of the server, with references in place of secrets
      ──a Writer: pure──▶ Files by path, and what cannot be said ──output.put──▶ a directory
"""
