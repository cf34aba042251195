// SPDX-License-Identifier: MIT
#include "clips.hpp"

namespace sluice::plugins::stremio {
namespace {

std::string_view ClipOfReason(sdk::Reason reason) {
  switch (reason) {
    case sdk::Reason::kPaymentRequired:
      return "payment_required";
    case sdk::Reason::kLimitExceeded:
      return "store_limit_exceeded";
    case sdk::Reason::kLegal:
      return "451";
    case sdk::Reason::kServerDown:
    case sdk::Reason::kUnavailable:
      return "500";
    default:
      return {};
  }
}

std::string_view ClipOfCode(sdk::Errc code, Step step) {
  switch (code) {
    case sdk::Errc::kUnauthenticated:
      return kRefusedKey;
    case sdk::Errc::kPermissionDenied:
      return "403";
    case sdk::Errc::kRateLimited:
      return "429";
    case sdk::Errc::kNotFound:
      return step == Step::kLink ? kNoMatchingFile : std::string_view();
    default:
      return {};
  }
}

/// 401 and 403 are left out: who was refused there is not always the viewer. A store whose account was refused says so
/// by its code.
std::string_view ClipOfStatus(std::uint32_t status) {
  switch (status) {
    case 402:
      return "payment_required";
    case 429:
      return "429";
    case 451:
      return "451";
    default:
      return status >= 500 && status < 600 ? "500" : std::string_view();
  }
}

}  // namespace

std::string_view ClipOf(Step step, const sdk::Error& error) {
  // A reason that says no more than "it cannot be done" leaves the word to the step, whatever the status.
  if (error.reason != sdk::Reason::kNone) {
    if (const auto clip = ClipOfReason(error.reason); !clip.empty()) return clip;
  }
  if (const auto clip = ClipOfCode(error.code, step); !clip.empty()) return clip;
  if (error.reason == sdk::Reason::kNone) {
    if (const auto clip = ClipOfStatus(error.upstream_status); !clip.empty()) return clip;
  }
  return step == Step::kAdd ? "download_failed" : "500";
}

std::string_view ClipOf(sdk::ItemState state) {
  switch (state) {
    case sdk::ItemState::kCached:
    case sdk::ItemState::kReady:
      return {};
    case sdk::ItemState::kQueued:
    case sdk::ItemState::kDownloading:
    case sdk::ItemState::kProcessing:
    case sdk::ItemState::kUploading:
      return kDownloading;
    default:
      return "download_failed";
  }
}

}  // namespace sluice::plugins::stremio
