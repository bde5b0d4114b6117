using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>A public page that says what a register said of one time as it was known at another.</summary>
public abstract class RegisterHistoryPage : PageModel
{
    public PageLanguage Language { get; private protected set; } = null!;

    public RegisterPoint Point { get; private protected set; } = null!;

    /// <summary>Which parameter of the address cannot be read; null when all can.</summary>
    public string? Fault { get; private protected set; }

    /// <summary>The value that a field of the form shows: as it was asked.</summary>
    public string Asked(string parameter) => Request.Query[parameter].ToString();
}

/// <summary>The past of one thing in a register: every version that was recorded. The page stays when the thing is retired.</summary>
public abstract class RegisterHistoryPage<T>(IInventoryRegister<T> register, IGrainFactory grains, TimeProvider time) : RegisterHistoryPage
    where T : class
{
    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<T>> Versions { get; private set; }

    public RegisterVersion<T> Latest => Versions[0].Version;

    /// <summary>From when it is retired, when it is.</summary>
    public DateTimeOffset RetiredSince => Versions.TakeWhile(version => IsRetired(version.Version.Value)).Last().Version.Since;

    /// <summary>The version at the point that was asked for; null when it was not registered then.</summary>
    public RegisterVersion<T>? Shown { get; private set; }

    /// <summary>The language of names and addresses: the city's first.</summary>
    public string NamesLanguage => Governance.City.Languages[0];

    private protected GovernanceSnapshot Governance { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var versions = await register.HistoryAsync(id, HttpContext.RequestAborted);
        if (versions.IsEmpty)
            return NotFound();
        Versions = [.. versions.Reverse()];
        Governance = await grains.Governance();
        Language = PageLanguage.For(Governance, QueryParameters.Language(Request.Query, Governance.City));
        (Point, Fault) = RegisterTimes.ReadPoint(Request.Query, Governance.City, time);
        if (Fault is not null)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        Shown = await register.FindAsync(id, Point, HttpContext.RequestAborted);
        await ReadMoreAsync(id, HttpContext.RequestAborted);
        return Page();
    }

    private protected abstract bool IsRetired(T value);

    /// <summary>Reads what else the page shows.</summary>
    private protected abstract Task ReadMoreAsync(string id, CancellationToken cancellationToken);
}
