"""What has been changed outside since the last apply: looked at by a scheduled job, and by nobody written."""
