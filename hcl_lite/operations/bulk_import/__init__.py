"""Take-over of existing objects: found, written as blocks, planned, put in place, kept in the state.

Whatever brings things in goes this way (`takeover.take_over`), and gives but a source, which says what there is:

    async def find(scene: Scene) -> Inventory:
        [provider] = scene.providers                        # open, and read-only; by the names of provider blocks
        type_ = scene.session.resource_type(provider, "grafana_dashboard")
        wish = Wish(name="api", file="boards.toml", bodies={"config_json": "boards/api.json"})
        found = Found(provider, type_, uid="api", title="API", wish=wish)
        return await read_objects(scene.session, [found], scene.told)   # or with `values` of its own, and unread

    @operation
    def import_one(context, inputs, lock, caller) -> Report:
        return take_over(context, inputs, lock, caller, find)

What it wishes for is in `model.Wish`: names, instance keys, files, paths and texts of bodies, expressions. What is
managed (`scene.known.managed`) it leaves out itself; a block that asks for an object as it is there gets it. The rest
is the same for all of them: blocks (`blocks`, `names`, `layout`; pure), files written beside the configuration
(`staging`), a plan with an [[import]] for each (`check`), files and state put in place, a closing plan. An object that
the plan would change is left out with its reason, but where its wish says `may_differ`: then the block is written, with
an [[import]] for what is there, and the state has it after the next apply.
"""
