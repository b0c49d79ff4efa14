local title = std.extVar('title');
{
  title: title,
  panels: error 'no panels yet',
}
