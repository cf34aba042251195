// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PathTemplate: "/a/b", "/a/{id}", "/a/{rest...}", "/a/**".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

/// A pattern for request paths. Literal segments compare octet by octet with the path as received. Threads: [any].
class PathTemplate {
 public:
  struct Capture {
    std::string name;
    std::string value;  ///< Percent-decoded.
  };
  struct Match {
    std::vector<Capture> captures;
    std::string_view rest;  ///< What "**" or "{name...}" covered, as received, with its leading "/"; otherwise empty.
  };

  /// \returns  nothing, and why in `error`, when CheckPathTemplate of values.hpp refuses the text.
  static std::optional<PathTemplate> Parse(std::string_view text, std::string& error);

  /// \param path  raw, starts with "/"; with a "." or ".." segment (RFC 3986 §5.2.4), escaped or not, it matches
  ///              nothing. A capture never matches an empty segment, nor one with a bad escape; "**" matches
  ///              them without capturing "rest".
  std::optional<Match> Apply(std::string_view path) const;

  /// Parts of `path`, as received and not empty, that a capture covers whose name says that it is secret: it ends in
  /// key, token, password or secret, or is "userdata", in any case. A path that does not match counts for as long as it
  /// is of the same shape: a mistyped one holds the same key. Whether escapes in it are good does not matter.
  std::vector<std::string_view> SecretParts(std::string_view path) const;
  /// Whether there may be any.
  bool has_secrets() const { return has_secrets_; }

  /// Names of the captures, in order.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }

 private:
  struct Segment {
    enum class Kind { kLiteral, kCapture, kRest } kind;
    std::string text;       ///< Literal, or name of the capture: "rest" for "**".
    bool optional = false;  ///< "**": matches without a capture too.
    bool secret = false;    ///< A capture whose name says so.
  };
  std::string text_;
  std::vector<Segment> segments_;
  std::vector<std::string> names_;
  bool has_secrets_ = false;
};

}  // namespace sluice::config
