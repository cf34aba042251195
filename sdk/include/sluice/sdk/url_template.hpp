// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UrlTemplate: a URL with identifiers that a player fills in, as DASH has them (ISO/IEC 23009-1 §5.3.9.4.4).

#include <sluice/sdk/result.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::sdk {

/// What an identifier stands for.
enum class TemplateField : std::uint32_t { kRepresentationId, kNumber, kBandwidth, kTime, kSubNumber };

/// What a player puts in the place of identifiers. Those that the template does not use are not looked at.
struct TemplateValues {
  std::string_view representation_id{};
  std::uint64_t number = 0;
  std::uint64_t bandwidth = 0;  ///< Bits a second.
  std::uint64_t time = 0;       ///< Ticks of the media's timescale.
  std::uint64_t sub_number = 0;
};

/// A pair of values that belong together: of one Representation.
struct TemplateVariant {
  std::string_view representation_id{};
  std::uint64_t bandwidth = 0;
  bool operator==(const TemplateVariant&) const = default;
};

/// `text` as literal text of a template: every `$` twice.
inline std::string EscapeDollars(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

/// Literal text and identifiers in turn: `$RepresentationID$`, and `$Number$`, `$Bandwidth$`, `$Time$`, `$SubNumber$`
/// with an optional width (`$Number%05d$`: zeros in front up to five digits, longer numbers uncut). `$$` is a dollar.
/// Threads: [any] on a constant object.
class UrlTemplate {
 public:
  static constexpr unsigned kMaxWidth = 32;

  /// \returns  kInvalidArgument for an unknown identifier, a `$` that closes nothing, and a width that is none.
  static Result<UrlTemplate> Parse(std::string_view text);

  /// Identifiers in the order of their first appearance, each once.
  std::span<const TemplateField> fields() const { return fields_; }
  /// Whether it is among the identifiers.
  bool Uses(TemplateField field) const { return std::find(fields_.begin(), fields_.end(), field) != fields_.end(); }

  /// Appends the URL to `out`. The RepresentationID goes in as it is.
  void Expand(const TemplateValues& values, std::string& out) const;
  std::string Expand(const TemplateValues& values) const {
    std::string out;
    Expand(values, out);
    return out;
  }

  /// The template of one Representation: with its id and bandwidth filled in, the other identifiers left.
  std::string Bind(const TemplateVariant& variant) const;

  /// What a player is to fill in, as path text: "$RepresentationID$/$Number$". No widths: `Expand` knows them.
  std::string Placeholders() const;

  /// Reads back what a player made of `Placeholders()`. Numbers are decimal without needless zeros and fit into 64
  /// bits; what stands for a RepresentationID and a bandwidth is that of one of `variants`. Anything else is no match.
  /// \param filled    path text: "v1/42". The values are views into it.
  /// \param variants  looked at only if the template uses one of the two.
  std::optional<TemplateValues> Match(std::string_view filled, std::span<const TemplateVariant> variants) const;

 private:
  /// Literal text, then an identifier unless it is the last.
  struct Piece {
    std::string literal{};
    std::optional<TemplateField> field{};
    unsigned width = 0;
  };

  Status AddField(std::string_view text);

  std::vector<Piece> pieces_;
  std::vector<TemplateField> fields_;
};

/// Whether `id` can stand in a path as a RepresentationID that no player and no proxy changes: unreserved characters
/// and `! + , : = @`, but not "." or "..".
inline bool IsPlainRepresentationId(std::string_view id) {
  return !id.empty() && id != "." && id != ".." && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!+,:=@").find(c) != std::string_view::npos;
  });
}

// ---- definitions ----

namespace detail {

constexpr std::array<std::string_view, 5> kTemplateFieldNames{"RepresentationID", "Number", "Bandwidth", "Time",
                                                              "SubNumber"};

inline std::string_view NameOf(TemplateField field) { return kTemplateFieldNames[static_cast<std::size_t>(field)]; }

inline void AppendPadded(std::uint64_t number, unsigned width, std::string& out) {
  const auto digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

/// Decimal, without a sign, without needless zeros.
inline std::optional<std::uint64_t> ReadCanonical(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

inline std::uint64_t& NumberIn(TemplateValues& values, TemplateField field) {
  if (field == TemplateField::kNumber) return values.number;
  if (field == TemplateField::kBandwidth) return values.bandwidth;
  return field == TemplateField::kTime ? values.time : values.sub_number;
}

}  // namespace detail

inline Result<UrlTemplate> UrlTemplate::Parse(std::string_view text) {
  UrlTemplate out;
  out.pieces_.emplace_back();
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    out.pieces_.back().literal.append(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const auto close = text.find('$', 1);
    if (close == std::string_view::npos)
      return Error{.code = Errc::kInvalidArgument, .message = "URL template: want a $ that closes each $"};
    const auto inside = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (inside.empty()) {
      out.pieces_.back().literal += '$';
    } else if (auto added = out.AddField(inside); !added) {
      return std::move(added).error();
    }
  }
  return out;
}

inline Status UrlTemplate::AddField(std::string_view text) {
  const auto percent = std::min(text.find('%'), text.size());
  const auto name = text.substr(0, percent);
  const auto* const found = std::find(detail::kTemplateFieldNames.begin(), detail::kTemplateFieldNames.end(), name);
  if (found == detail::kTemplateFieldNames.end())
    return Error{.code = Errc::kInvalidArgument,
                 .message = "URL template: want RepresentationID, Number, Bandwidth, Time or SubNumber between two $"};
  const auto field = static_cast<TemplateField>(found - detail::kTemplateFieldNames.begin());
  auto& piece = pieces_.back();
  if (percent < text.size()) {
    auto width = text.substr(percent + 1);
    const bool formed = width.size() >= 3 && width.front() == '0' && width.back() == 'd';
    width = formed ? width.substr(1, width.size() - 2) : std::string_view();
    const auto [stop, fault] = std::from_chars(width.data(), width.data() + width.size(), piece.width);
    if (!formed || field == TemplateField::kRepresentationId || fault != std::errc() ||
        stop != width.data() + width.size() || piece.width > kMaxWidth)
      return Error{.code = Errc::kInvalidArgument,
                   .message = "URL template: want %0<width>d with a width up to 32 behind a number's name"};
  }
  piece.field = field;
  if (!Uses(field)) fields_.push_back(field);
  pieces_.emplace_back();
  return Ok();
}

inline void UrlTemplate::Expand(const TemplateValues& values, std::string& out) const {
  auto numbers = values;
  for (const auto& piece : pieces_) {
    out += piece.literal;
    if (piece.field == TemplateField::kRepresentationId) {
      out += values.representation_id;
    } else if (piece.field) {
      detail::AppendPadded(detail::NumberIn(numbers, *piece.field), piece.width, out);
    }
  }
}

inline std::string UrlTemplate::Bind(const TemplateVariant& variant) const {
  std::string out;
  for (const auto& piece : pieces_) {
    out += EscapeDollars(piece.literal);
    if (!piece.field) continue;
    if (piece.field == TemplateField::kRepresentationId) {
      out += EscapeDollars(variant.representation_id);
    } else if (piece.field == TemplateField::kBandwidth) {
      detail::AppendPadded(variant.bandwidth, piece.width, out);
    } else {
      out.append("$").append(detail::NameOf(*piece.field));
      if (piece.width > 0) out.append("%0").append(std::to_string(piece.width)).append("d");
      out += '$';
    }
  }
  return out;
}

inline std::string UrlTemplate::Placeholders() const {
  std::string out;
  for (const auto field : fields()) out.append(out.empty() ? "$" : "/$").append(detail::NameOf(field)).append("$");
  return out;
}

inline std::optional<TemplateValues> UrlTemplate::Match(std::string_view filled,
                                                        std::span<const TemplateVariant> variants) const {
  TemplateValues values;
  for (const auto field : fields()) {
    const auto slash = std::min(filled.find('/'), filled.size());
    const auto text = filled.substr(0, slash);
    // The last value ends the text; each other one has a slash behind it.
    if ((field == fields().back()) != (slash == filled.size())) return std::nullopt;
    filled.remove_prefix(std::min(slash + 1, filled.size()));
    if (field == TemplateField::kRepresentationId) {
      values.representation_id = text;
      continue;
    }
    const auto number = detail::ReadCanonical(text);
    if (!number) return std::nullopt;
    detail::NumberIn(values, field) = *number;
  }
  if (!filled.empty()) return std::nullopt;
  const bool by_id = Uses(TemplateField::kRepresentationId), by_bandwidth = Uses(TemplateField::kBandwidth);
  const bool known = (!by_id && !by_bandwidth) || std::any_of(variants.begin(), variants.end(), [&](const auto& one) {
                       return (!by_id || one.representation_id == values.representation_id) &&
                              (!by_bandwidth || one.bandwidth == values.bandwidth);
                     });
  return known ? std::optional(values) : std::nullopt;
}

}  // namespace sluice::sdk
