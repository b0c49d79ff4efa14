"""Pull: changes on the servers brought back into the files. Three sides (`sides`), merged (`merge`; both pure), written
where each value comes from (`taking`, `trace`, `users`, `files`), and planned with (`run`)."""
