package io.hexai.jpa.examples.spring;

import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The unit of work, with Spring's transactional code inside: it is repeated as a whole when somebody else was faster. */
@Component
class Exchange {

    private final BoxOffice boxOffice;
    private final UnitOfWork unitOfWork;
    private final List<String> mails = new ArrayList<>();

    Exchange(BoxOffice boxOffice, UnitOfWork unitOfWork) {
        this.boxOffice = boxOffice;
        this.unitOfWork =
                unitOfWork.with(options -> options.withName("exchange").withRetry(RetryPolicy.attempts(4)));
    }

    /** Changes two people's seats; the mail goes out once it is so. */
    void swap(String show, String first, String second) {
        unitOfWork.run(() -> {
            boxOffice.move(show, first, "standing");
            boxOffice.move(show, second, first);
            boxOffice.move(show, "standing", second);
            unitOfWork
                    .current()
                    .afterCommit(() -> mails.add("You now sit in each other's seat: " + first + ", " + second));
        });
    }

    List<String> mails() {
        return List.copyOf(mails);
    }
}
