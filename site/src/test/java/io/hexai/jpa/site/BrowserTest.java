package io.hexai.jpa.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The finished site in a headless Chromium, opened from the disk. {@code .ci/site} makes the site and runs this. */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {

    private final Path site = Path.of("target/site").toAbsolutePath();
    private ChromeDriver browser;

    @BeforeAll
    void open() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless",
                "--no-sandbox", // Chromium has none for root
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--allow-file-access-from-files=false");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                        .build(),
                options);
    }

    @AfterAll
    void close() {
        browser.quit();
    }

    @Test
    void loadsEveryPageWithoutAnError() throws IOException {
        List<Path> pages = pages();
        assertThat(pages).hasSizeGreaterThan(20);
        for (Path page : pages) {
            browser.get(page.toUri().toString());
            assertThat(browser.findElements(By.cssSelector("main h1")))
                    .as(page.toString())
                    .hasSize(1);
        }
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .extracting(LogEntry::getMessage)
                .filteredOn(message -> !message.contains("/apidocs/resources/fonts/")) // some JDKs lack them
                .isEmpty();
    }

    @Test
    void leadsFromTheFirstPageToTheGuideAndToTheApi() {
        browser.get(site.resolve("index.html").toUri().toString());
        browser.findElement(By.linkText("Guide")).click();
        assertThat(browser.getTitle()).isEqualTo("Guide");
        browser.findElement(By.partialLinkText("API")).click();
        assertThat(browser.getTitle()).contains("hexai-jpa");
        browser.findElement(By.linkText("io.hexai.jpa.transaction")).click();
        browser.findElement(By.linkText("UnitOfWork")).click();
        assertThat(browser.getTitle()).startsWith("UnitOfWork");
    }

    @Test
    void findsTheSectionsThatHoldAllWordsOrTheirBeginnings() {
        browser.get(site.resolve("guide/testing.html").toUri().toString());
        browser.findElement(By.id("search")).sendKeys("nested savepoi");
        WebElement first = new WebDriverWait(browser, Duration.ofSeconds(10))
                .until(ExpectedConditions.elementToBeClickable(By.cssSelector("#found a")));
        String heading = first.getText();
        first.click();
        String id = URI.create(browser.getCurrentUrl()).getFragment();
        assertThat(browser.findElement(By.id(id)).getText()).isEqualTo(heading);
        assertThat(browser.findElement(By.tagName("main")).getText()).contains("savepoint");
    }

    @Test
    void saysThatNothingWasFound() {
        browser.get(site.resolve("index.html").toUri().toString());
        browser.findElement(By.id("search")).sendKeys("xyzzy");
        assertThat(browser.findElement(By.id("found")).getText()).isEqualTo("Nothing found");
    }

    private List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(site)) {
            return files.filter(file -> file.toString().endsWith(".html"))
                    .filter(file -> !file.startsWith(site.resolve("apidocs")))
                    .toList();
        }
    }
}
