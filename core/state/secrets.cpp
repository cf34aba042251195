// SPDX-License-Identifier: MIT
#include "core/state/secrets.hpp"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/hex.hpp>
#include <vector>

namespace sluice::state {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSivKeyBytes = 64;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kFingerprintBytes = 16;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Deleter<EVP_CIPHER_free>>;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }
sdk::Error Internal(std::string message) { return {.code = sdk::Errc::kInternal, .message = std::move(message)}; }

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

/// AES-256-SIV of OpenSSL, fetched once: fetching takes a lock and a walk through the providers.
const EVP_CIPHER* SivCipher() {
  static const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr));
  return cipher.get();
}

class OpenSslSecrets final : public Secrets {
 public:
  explicit OpenSslSecrets(std::string_view key) : master_(key) {}
  ~OpenSslSecrets() override {
    OPENSSL_cleanse(master_.data(), master_.size());
    for (auto& [purpose, key] : derived_) OPENSSL_cleanse(key.data(), key.size());
  }

  sdk::Result<std::string> Seal(std::string_view purpose, std::string_view plaintext,
                                std::string_view context) const override {
    const auto key = Derive("gcm:", purpose, kKeyBytes);
    std::string out = RandomBytes(kNonceBytes);
    out.resize(kNonceBytes + plaintext.size() + kTagBytes);
    const CipherContext cipher(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool done =
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(out)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), Bytes(out) + kNonceBytes, &size, Bytes(plaintext), Size(plaintext)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), Bytes(out) + kNonceBytes + plaintext.size(), &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                            Bytes(out) + kNonceBytes + plaintext.size()) == 1;
    if (!done) return Internal("secrets: AES-256-GCM failed to encrypt");
    return out;
  }

  sdk::Result<std::string> Open(std::string_view purpose, std::string_view sealed,
                                std::string_view context) const override {
    if (sealed.size() < kNonceBytes + kTagBytes) return Invalid("sealed value: too short");
    const auto key = Derive("gcm:", purpose, kKeyBytes);
    const auto body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    std::string out(body.size(), '\0');
    const CipherContext cipher(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool done =
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(sealed)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), Bytes(out), &size, Bytes(body), Size(body)) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), Bytes(out) + out.size(), &size) == 1;
    if (!done) return Invalid("sealed value: changed, or sealed with another key or context");
    return out;
  }

  sdk::Result<std::string> SealDeterministic(std::string_view purpose, std::string_view plaintext) const override {
    if (plaintext.empty()) return Invalid("plaintext: want at least one octet");
    std::string out(kTagBytes + plaintext.size(), '\0');
    auto cipher = TakeSiv(kEncrypt, purpose);
    int size = 0;
    const bool done =
        cipher != nullptr &&
        EVP_EncryptUpdate(cipher.get(), Bytes(out) + kTagBytes, &size, Bytes(plaintext), Size(plaintext)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), Bytes(out) + out.size(), &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes), Bytes(out)) == 1;
    if (!done) return Internal("secrets: AES-256-SIV failed to encrypt");
    PutSivBack(kEncrypt, purpose, plaintext.size(), std::move(cipher));
    return out;
  }

  sdk::Result<std::string> OpenDeterministic(std::string_view purpose, std::string_view sealed) const override {
    if (sealed.size() <= kTagBytes) return Invalid("sealed value: too short");
    std::string tag(sealed.substr(0, kTagBytes));
    const auto body = sealed.substr(kTagBytes);
    std::string out(body.size(), '\0');
    auto cipher = TakeSiv(kDecrypt, purpose);
    int size = 0;
    const bool done =
        cipher != nullptr &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1 &&
        EVP_DecryptUpdate(cipher.get(), Bytes(out), &size, Bytes(body), Size(body)) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), Bytes(out) + out.size(), &size) == 1;
    if (!done) return Invalid("sealed value: changed, or sealed with another key");
    PutSivBack(kDecrypt, purpose, body.size(), std::move(cipher));
    return out;
  }

  std::string Fingerprint(std::string_view purpose, std::string_view secret) const override {
    const auto key = Derive("fpr:", purpose, kKeyBytes);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), Size(key), Bytes(secret), secret.size(), digest.data(), &size);
    return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), kFingerprintBytes});
  }

  std::string KeyId() const override { return Fingerprint("key-id", {}).substr(0, 16); }

 private:
  enum Direction : std::size_t { kDecrypt, kEncrypt };  // as EVP_CipherInit_ex2 has them

  /// With the key in it: setting that up costs more than sealing a link. \returns  null: OpenSSL has failed.
  CipherContext TakeSiv(Direction direction, std::string_view purpose) const {
    {
      const std::lock_guard lock(idle_mutex_);
      const auto idle = idle_[direction].find(purpose);
      if (idle != idle_[direction].end() && !idle->second.empty()) {
        auto cipher = std::move(idle->second.back());
        idle->second.pop_back();
        return cipher;
      }
    }
    const auto key = Derive("siv:", purpose, kSivKeyBytes);
    CipherContext cipher(EVP_CIPHER_CTX_new());
    // By default a context of AES-SIV serves once (provider-cipher(7), "speed").
    const bool done =
        EVP_CipherInit_ex2(cipher.get(), SivCipher(), Bytes(key), nullptr, static_cast<int>(direction), nullptr) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_SET_SPEED, 1, nullptr) == 1;
    return done ? std::move(cipher) : nullptr;
  }

  /// For the next one: there are as many as threads ever sealed at a time. \param bytes  of the plaintext: one shorter
  /// than a block doubles OpenSSL's state of S2V (RFC 5297 §2.4) where it lies, so that the context is spent.
  void PutSivBack(Direction direction, std::string_view purpose, std::size_t bytes, CipherContext cipher) const {
    if (bytes < kTagBytes) return;
    const std::lock_guard lock(idle_mutex_);
    auto idle = idle_[direction].find(purpose);
    if (idle == idle_[direction].end()) idle = idle_[direction].try_emplace(std::string(purpose)).first;
    idle->second.push_back(std::move(cipher));
  }

  /// HKDF-SHA256 with `use` and `purpose` as info; kept, for deriving costs more than encrypting a link.
  std::string Derive(std::string_view use, std::string_view purpose, std::size_t bytes) const {
    std::string info(use);
    info += purpose;
    {
      const std::shared_lock lock(mutex_);
      if (const auto held = derived_.find(info); held != derived_.end()) return held->second;
    }
    std::string key(bytes, '\0');
    EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
    std::string digest = "SHA256";
    std::string secret = master_;
    std::string label = info;
    const std::array<OSSL_PARAM, 4> params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, label.data(), label.size()), OSSL_PARAM_construct_end()};
    const int done = EVP_KDF_derive(context, Bytes(key), key.size(), params.data());
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    OPENSSL_cleanse(secret.data(), secret.size());
    if (done != 1) OPENSSL_die("HKDF failed", __FILE__, __LINE__);  // going on would encrypt with a known key
    const std::unique_lock lock(mutex_);
    return derived_.emplace(std::move(info), std::move(key)).first->second;
  }

  std::string master_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, std::string, std::less<>> derived_;
  mutable std::mutex idle_mutex_;
  /// By direction and purpose.
  mutable std::array<std::map<std::string, std::vector<CipherContext>, std::less<>>, 2> idle_;
};

/// What was sealed before the key was changed is opened by trying: it does not say by which key.
class RotatedSecrets final : public Secrets {
 public:
  RotatedSecrets(std::unique_ptr<Secrets> present, std::vector<std::unique_ptr<Secrets>> previous)
      : present_(std::move(present)), previous_(std::move(previous)) {}

  sdk::Result<std::string> Seal(std::string_view purpose, std::string_view plaintext,
                                std::string_view context) const override {
    return present_->Seal(purpose, plaintext, context);
  }
  sdk::Result<std::string> Open(std::string_view purpose, std::string_view sealed,
                                std::string_view context) const override {
    return Try([&](const Secrets& secrets) { return secrets.Open(purpose, sealed, context); });
  }
  sdk::Result<std::string> SealDeterministic(std::string_view purpose, std::string_view plaintext) const override {
    return present_->SealDeterministic(purpose, plaintext);
  }
  sdk::Result<std::string> OpenDeterministic(std::string_view purpose, std::string_view sealed) const override {
    return Try([&](const Secrets& secrets) { return secrets.OpenDeterministic(purpose, sealed); });
  }
  std::string KeyId() const override { return present_->KeyId(); }
  std::string Fingerprint(std::string_view purpose, std::string_view secret) const override {
    return present_->Fingerprint(purpose, secret);
  }

 private:
  template <typename F>
  sdk::Result<std::string> Try(F&& open) const {
    auto opened = open(*present_);
    for (auto secrets = previous_.begin(); !opened && secrets != previous_.end(); ++secrets) {
      if (auto by_it = open(**secrets)) return by_it;
    }
    return opened;
  }

  const std::unique_ptr<Secrets> present_;
  const std::vector<std::unique_ptr<Secrets>> previous_;
};

/// Reads at most 1 KiB: a key file is far shorter.
sdk::Result<std::string> ReadKeyFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const auto code = errno == ENOENT ? sdk::Errc::kNotFound : sdk::Errc::kInvalidArgument;
    return sdk::Error{.code = code, .message = path + ": " + std::strerror(errno)};
  }
  std::array<char, 1024> buffer{};
  const auto size = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  if (size < 0) return Invalid(path + ": " + std::strerror(errno));
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

sdk::Error CannotKeep(const std::string& path, const std::string& why) {
  return Invalid(path + ": cannot keep the secret key here: " + why);
}

}  // namespace

sdk::Result<std::unique_ptr<Secrets>> Secrets::FromKey(std::string_view key) {
  if (key.size() != kKeyBytes) return Invalid("secret key: want 32 octets");
  return std::unique_ptr<Secrets>(std::make_unique<OpenSslSecrets>(key));
}

std::unique_ptr<Secrets> Secrets::WithPrevious(std::unique_ptr<Secrets> present,
                                               std::vector<std::unique_ptr<Secrets>> previous) {
  if (previous.empty()) return present;
  return std::make_unique<RotatedSecrets>(std::move(present), std::move(previous));
}

sdk::Result<std::unique_ptr<Secrets>> Secrets::FromText(std::string_view text) {
  if (text.size() == kKeyBytes * 2) {
    if (const auto key = sdk::HexDecode(text)) return FromKey(*key);
  }
  std::string url_safe(text);
  std::replace(url_safe.begin(), url_safe.end(), '+', '-');
  std::replace(url_safe.begin(), url_safe.end(), '/', '_');
  while (!url_safe.empty() && url_safe.back() == '=') url_safe.pop_back();
  if (const auto key = sdk::Base64UrlDecode(url_safe); key && key->size() == kKeyBytes) return FromKey(*key);
  return Invalid("secret key: want 32 octets as 64 hex digits or in base64");
}

sdk::Result<std::unique_ptr<Secrets>> Secrets::FromFile(const std::string& path) {
  const auto text = ReadKeyFile(path);
  if (!text) return text.error();
  auto secrets = FromText(*text);
  if (!secrets) return Invalid(path + ": " + secrets.error().message);
  return secrets;
}

sdk::Status KeepKey(const std::string& path, std::string_view key) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) return CannotKeep(path, failed.message());
  const std::string fresh = path + ".new-" + std::to_string(::getpid());
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return CannotKeep(path, std::strerror(errno));
  const auto text = sdk::Base64UrlEncode(key) + "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  // link() refuses to replace a key that another process put there in the meantime; rename() would lose it.
  const bool placed = written && ::link(fresh.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(fresh.c_str());
  if (!placed) return CannotKeep(path, std::strerror(error));
  return sdk::Ok();
}

sdk::Status CheckKeepKey(const std::string& path) {
  auto folder = std::filesystem::absolute(path).parent_path();
  while (::access(folder.c_str(), F_OK) != 0 && errno == ENOENT && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return CannotKeep(path, std::strerror(errno));
  if (!S_ISDIR(info.st_mode)) return CannotKeep(path, std::strerror(ENOTDIR));
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return CannotKeep(path, std::strerror(errno));
  return sdk::Ok();
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(std::size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(Bytes(out), static_cast<int>(size)) != 1) {
    OPENSSL_die("no random numbers", __FILE__, __LINE__);  // anything else would hand out a guessable secret
  }
  return out;
}

}  // namespace sluice::state
