using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Kiosks;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Present;

/// <summary>
/// A public page that says what devices do now. It states its time, and what to assume when that time is old. Its script renews it in
/// place, and shows its worst case when the registry confirms nothing. Without scripts the browser loads it again.
/// </summary>
/// <remarks>
/// The frame of pages adds the script and the reload to every page of this type. Each element of the page that speaks of the present is
/// followed by a <c>template data-worst</c> with the same element in the worst case: the registry need not answer to show it.
/// </remarks>
public abstract class PresentPage(TimeProvider time) : PageModel
{
    /// <summary>How often a browser without scripts loads the page again, in seconds.</summary>
    public const int RenewalSeconds = 30;

    private const string NonceParameter = "nonce",
        RenewParameter = "renew",
        Off = "off";

    /// <summary>When the page was begun. Everything that it says of the present was read later.</summary>
    public DateTimeOffset AsOf { get; } = time.GetUtcNow();

    /// <summary>The language of the page.</summary>
    public PageLanguage Language { get; private protected set; } = null!;

    /// <summary>Whether a browser without scripts loads the page again. A reader can stop that (WCAG 2.2, 2.2.1).</summary>
    public bool Renews => Request.Query[RenewParameter] != Off;

    /// <summary>The time of the page for readers and for its script, with the nonce of the request.</summary>
    internal IHtmlContent Stated
    {
        get
        {
            var nonce = Request.Query[NonceParameter].ToString();
            return NoticeConfirmation.IsNonce(nonce) ? Time(AsOf, $" data-nonce=\"{nonce}\"") : Time(AsOf);
        }
    }

    /// <summary>The city's offset from UTC at the time of the page.</summary>
    internal IHtmlContent Offset => PageLanguage.Text(Language.Offset(AsOf));

    internal static IHtmlContent Seconds => PageLanguage.Text(RenewalSeconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Does not answer <c>?asOf=</c> of any day but the city's today, and <c>?knownAt=</c>: the page would show the present as if it were
    /// that day.
    /// </summary>
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await PresentOnly.AsksForPresentAsync(HttpContext))
        {
            await base.OnPageHandlerExecutionAsync(context, next);
            return;
        }

        if (PastAddress is { } past)
        {
            context.Result = new RedirectResult(past);
            return;
        }

        PresentOnly.Refuse(HttpContext);
        context.Result = new EmptyResult();
    }

    /// <summary>Where another day, or what was known at another time, is answered; null when it is not.</summary>
    private protected virtual string? PastAddress => null;

    /// <summary>A link to the same page that begins or stops to load itself again.</summary>
    internal IHtmlContent LinkTo(bool renewing, string key)
    {
        var query = Request.Query.Where(one => one.Key is not (NonceParameter or RenewParameter));
        var address = QueryString.Create(renewing ? query : query.Append(new(RenewParameter, Off)));
        var text = Language[key, ("seconds", RenewalSeconds.ToString(CultureInfo.InvariantCulture))];
        return PageLanguage.LinkTo(Request.Path + address.ToUriComponent(), text);
    }

    /// <summary>A time that belongs to the time of the page, to the second.</summary>
    internal IHtmlContent Time(DateTimeOffset at) => Time(at, "");

    private HtmlContentBuilder Time(DateTimeOffset at, string attributes)
    {
        var instant = NoticePayload.FormatInstant(at);
        var html = new HtmlContentBuilder();
        html.AppendHtml($"<time data-as-of=\"{instant}\" datetime=\"{instant}\"{attributes}>");
        html.Append(Language.ExactTime(at)).AppendHtml("</time>");
        return html;
    }
}
