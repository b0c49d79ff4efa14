"""The common work of all resource types: a type is declared, and the kit carries its declaration out.

| module                                 | holds                                                                    |
|----------------------------------------|--------------------------------------------------------------------------|
| identity                               | what tells an object from all others, and who chooses it                 |
| api, parts, always_there, app_platform | how objects are reached: one route each, a list, several, metadata lists |
| extras                                 | what only some servers tell and do: history, trash, health, content      |
| version                                | what tells that an object has moved                                      |
| access                                 | what the writes take of the account                                      |
| wire, secrets                          | attributes as keys of JSON, their normal forms; the secrets among them   |
| declaration, declaration_check         | a type as it is declared; what of that nothing would carry out. Pure     |
| resource                               | the declaration, carried out: read and compare, write, read back         |
| open_provider                          | a server that is open; a write whose answer is lost                      |
| observe, paging, answer_check          | many objects at once, lists page by page, answers that cannot be         |
"""
