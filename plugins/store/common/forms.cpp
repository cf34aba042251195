// SPDX-License-Identifier: MIT
#include "store/common/forms.hpp"

#include <sluice/sdk/url.hpp>

namespace sluice::plugins::store {

std::string EncodeForm(Fields fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (!out.empty()) out += '&';
    out += sdk::PercentEncode(name) + "=" + sdk::PercentEncode(value);
  }
  return out;
}

Body FormBody(Fields fields) { return {.octets = EncodeForm(fields), .type = "application/x-www-form-urlencoded"}; }

Body MultipartBody(std::string_view boundary, std::string_view name, std::string_view file_name,
                   std::span<const std::byte> file, Fields fields) {
  const std::string line(boundary);
  Body body{.octets = {}, .type = "multipart/form-data; boundary=" + line};
  const auto part = [&](std::string_view called, std::string_view more) {
    body.octets.append("--").append(line).append("\r\nContent-Disposition: form-data; name=\"").append(called);
    body.octets.append("\"").append(more).append("\r\n\r\n");
  };
  for (const auto& [field, value] : fields) {
    if (value.empty()) continue;
    part(field, {});
    body.octets.append(value).append("\r\n");
  }
  part(name, "; filename=\"" + std::string(file_name) + "\"\r\nContent-Type: application/octet-stream");
  body.octets.append(reinterpret_cast<const char*>(file.data()), file.size());
  body.octets.append("\r\n--").append(line).append("--\r\n");
  return body;
}

}  // namespace sluice::plugins::store
