{ title: std.extVar('title') }
