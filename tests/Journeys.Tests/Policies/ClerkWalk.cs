using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>How a person goes from page to page, by links alone.</summary>
public enum Hands
{
    /// <summary>With a pointer, in a browser that runs no scripts.</summary>
    PointerWithoutScripts,

    /// <summary>With the keyboard alone, in a browser that runs scripts.</summary>
    Keyboard,
}

/// <summary>A person before a page, with a pointer or with the keyboard alone.</summary>
internal sealed class ClerkWalk(IPage page, Hands hands)
{
    private const int MostTabs = 600;

    /// <summary>The element of the page with that selector.</summary>
    public ILocator this[string selector] => page.Locator(selector);

    /// <summary>The path of the page.</summary>
    public string Path => new Uri(page.Url).AbsolutePath;

    /// <summary>Follows a link, or presses a button, to another page.</summary>
    public async Task FollowAsync(string selector)
    {
        if (hands == Hands.PointerWithoutScripts)
        {
            await page.ClickAsync(selector);
            return;
        }

        await FocusAsync(selector);
        // The next page is another document: the mark is gone with this one.
        await page.EvaluateAsync("() => { window.isLeft = false }");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => window.isLeft === undefined && document.readyState === 'complete'");
    }

    /// <summary>Writes into a field in place of what stands there.</summary>
    public async Task WriteAsync(string selector, string text)
    {
        if (hands == Hands.PointerWithoutScripts)
        {
            await page.FillAsync(selector, text);
            return;
        }

        await FocusAsync(selector);
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Chooses from a list by the words that stand in it.</summary>
    public async Task ChooseAsync(string selector, string words)
    {
        if (hands == Hands.PointerWithoutScripts)
        {
            await page.SelectOptionAsync(selector, new SelectOptionValue { Label = words });
            return;
        }

        await FocusAsync(selector);
        await page.Keyboard.TypeAsync(words);
    }

    /// <summary>Loads the page again.</summary>
    public Task ReloadAsync() => page.ReloadAsync();

    /// <summary>Returns to the page that one lands on after the sign-in.</summary>
    public Task GoHomeAsync() => FollowAsync("a.brand");

    private async Task FocusAsync(string selector)
    {
        var element = await page.Locator(selector).First.ElementHandleAsync();
        for (var tab = 0; tab < MostTabs; tab++)
        {
            if (await element.EvaluateAsync<bool>("element => document.activeElement === element"))
                return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} on {page.Url} cannot be reached by the keyboard.");
    }
}
