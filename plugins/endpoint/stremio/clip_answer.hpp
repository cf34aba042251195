// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Clips as HTTP resources: players ask for them in pieces, and again and again.

#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/result.hpp>
#include <string_view>

namespace sluice::plugins::stremio {

/// Answers a GET or HEAD of a clip: whole, one range of it, or that it has not changed. A body is written to HEAD too:
/// core drops it. Several ranges are answered with the whole, as core does for files.
/// \param name  of kClips; ".mp4" may follow.
/// \param head  Range, If-Range and If-None-Match count. `path` does not.
/// \returns  kNotFound: there is no such clip, and `response` is untouched; otherwise what `response` refused.
/// Threads: [any]. Source: RFC 9110 §13, §14.
sdk::Status AnswerClip(std::string_view name, const sdk::RequestHead& head, sdk::ResponseWriter& response);

}  // namespace sluice::plugins::stremio
