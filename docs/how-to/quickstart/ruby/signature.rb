require "openssl"

# Whether a webhook is signed with this account's token.
#
# +url+ is the URL as it was requested, with its query; +fields+ are the decoded form fields of a POST, else none.
def signed?(token, url, fields, signature)
  text = url + fields.sort.join
  expected = [OpenSSL::HMAC.digest("SHA1", token, text)].pack("m0")
  OpenSSL.secure_compare(expected, signature)
end
