// SPDX-License-Identifier: MIT
#include <sluice/sdk/text.hpp>
#include <string>

#include "common/titles/draft.hpp"
#include "common/titles/extensions.hpp"

namespace sluice::plugins::titles {
namespace {

/// Takes ".en" and ".forced" off the end of what subtitles are named after. \returns  the language, or an empty text.
std::string_view TakeLanguage(std::string_view& name) {
  std::string_view found;
  for (int parts = 0; parts < 2; ++parts) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return found;
    const auto word = sdk::LowerCase(name.substr(dot + 1));
    const auto language = word.size() <= 10 ? ValueOf(word, Field::kLanguage) : std::string_view{};
    if (language.empty() && word != "forced" && word != "sdh") return found;
    name.remove_suffix(name.size() - dot);
    if (found.empty()) found = language;
  }
  return found;
}

}  // namespace

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
  const auto language = known && !is_video ? TakeLanguage(name) : std::string_view{};

  Draft draft(name, known && is_video);
  FindMarks(draft);
  FindFront(draft);
  FindBareNumbers(draft);
  DecideOutline(draft);
  FindGroup(draft);
  WriteFields(draft);
  if (known) draft.out.extension = extension;
  if (!language.empty()) draft.out.subtitles = {std::string(language)};
  if (known && is_video) draft.out.container = extension;
  return std::move(draft.out);
}

}  // namespace sluice::plugins::titles
