import com.twilio.Twilio;
import com.twilio.exception.ApiException;
import com.twilio.rest.api.v2010.account.Message;
import com.twilio.type.PhoneNumber;

/** Send texts, list them page by page, provoke an error. Usage: Quickstart FROM TO */
public class Quickstart {
    public static void main(String[] arguments) {
        PhoneNumber sender = new PhoneNumber(arguments[0]);
        PhoneNumber recipient = new PhoneNumber(arguments[1]);
        Twilio.init(System.getenv("TWILIO_ACCOUNT_SID"), System.getenv("TWILIO_AUTH_TOKEN"));

        for (int number = 1; number <= 3; number++) {
            Message message = Message.creator(recipient, sender, "Hello " + number + " from Java").create();
            System.out.println("sent " + message.getSid() + " " + message.getStatus());
        }

        int listed = 0;
        for (Message message : Message.reader().setTo(recipient).pageSize(2).limit(3).read()) {
            listed++;
        }
        System.out.println("listed " + listed);

        try {
            Message.creator(new PhoneNumber("nobody"), sender, "This goes nowhere").create();
        } catch (ApiException error) {
            System.out.println("refused " + error.getCode());
        }
    }
}
