using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Policies;

/// <summary>The governance table as it stood on a day.</summary>
public sealed class GovernanceModel(IGrainFactory grains, TimeProvider time) : PageModel
{
    /// <summary>The day asked for, as the date field shows it.</summary>
    public string AsOf { get; private set; } = "";

    public string DayInWords { get; private set; } = "";

    /// <summary>What is wrong with the day asked for; null when nothing is.</summary>
    public string? Fault { get; private set; }

    public ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    /// <summary>What records and is not in this register.</summary>
    public ImmutableArray<OutOfScope> OutOfScope { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var governance = await grains.Governance();
        if (!Asked.TryDay(Request.Query, governance.City, time, out var day))
        {
            Fault = $"“{Request.Query["asOf"]}” is not a day: {Asked.DayExpected}.";
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        AsOf = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        DayInWords = day.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture);
        Rows = governance.Table.On(day);
        OutOfScope = governance.City.OutOfScope;
    }
}
