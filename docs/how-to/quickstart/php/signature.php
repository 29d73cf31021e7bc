<?php
/**
 * Whether a webhook is signed with this account's token.
 *
 * $url is the URL as it was requested, with its query; $fields are the decoded form fields of a POST, else none.
 */
function is_signed(string $token, string $url, array $fields, string $signature): bool
{
    ksort($fields, SORT_STRING);
    $text = $url;
    foreach ($fields as $name => $value) {
        $text .= $name . $value;
    }
    $expected = base64_encode(hash_hmac('sha1', $text, $token, true));
    return hash_equals($expected, $signature);
}
