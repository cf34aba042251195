// SPDX-License-Identifier: MIT
#include <sluice/sdk/text.hpp>
#include <string>

#include "common/titles/draft.hpp"
#include "common/titles/extensions.hpp"

namespace sluice::plugins::titles {

Release Parse(std::string_view name) {
  name = CutUtf8(sdk::TrimSpace(name), kMaxNameBytes);
  for (const std::string_view wrapper : {".torrent", ".nzb"})
    if (name.size() > wrapper.size() && sdk::EqualsIgnoreCase(name.substr(name.size() - wrapper.size()), wrapper))
      name.remove_suffix(wrapper.size());
  const auto extension = ExtensionOf(name);
  const bool is_video = IsVideoExtension(extension);
  // In capitals these end a release's name: "Title.2019.TS".
  const bool is_word = name.ends_with("TS") || name.ends_with("SUB");
  const bool known = (is_video || IsCompanionExtension(extension)) && !is_word;
  if (known) name.remove_suffix(extension.size() + 1);

  Draft draft(name, known && is_video);
  FindMarks(draft);
  FindFront(draft);
  FindBareNumbers(draft);
  DecideOutline(draft);
  FindGroup(draft);
  WriteFields(draft);
  if (known) draft.out.extension = extension;
  if (known && is_video) draft.out.container = extension;
  return std::move(draft.out);
}

}  // namespace sluice::plugins::titles
