<?php
// Send texts, list them page by page, provoke an error. Usage: php quickstart.php FROM TO
[, $sender, $recipient] = $argv;
$account = getenv('TWILIO_ACCOUNT_SID');
$messages = "/2010-04-01/Accounts/$account/Messages.json";

/** One request to the API; a POST when there are fields. */
function request(string $path, ?array $fields = null): array
{
    $curl = curl_init("https://api.twilio.com$path");
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($curl, CURLOPT_USERPWD, getenv('TWILIO_ACCOUNT_SID') . ':' . getenv('TWILIO_AUTH_TOKEN'));
    if ($fields !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, http_build_query($fields));
    }
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return json_decode($body, true, 512, JSON_THROW_ON_ERROR);
}

foreach ([1, 2, 3] as $number) {
    $message = request($messages, ['From' => $sender, 'To' => $recipient, 'Body' => "Hello $number from PHP"]);
    echo "sent {$message['sid']} {$message['status']}\n";
}

$page = request($messages . '?' . http_build_query(['To' => $recipient, 'PageSize' => 2]));
$next = request($page['next_page_uri']);
echo 'listed ', count($page['messages']) + min(count($next['messages']), 1), "\n";

$refusal = request($messages, ['From' => $sender, 'To' => 'nobody', 'Body' => 'This goes nowhere']);
echo "refused {$refusal['code']}\n";
