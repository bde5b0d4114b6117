using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Web.Staff.Imports;

namespace SurveillanceRegistry.Web.Tests.Staff.Imports;

/// <summary>The problems of a list as a clerk reads them.</summary>
public sealed class GroupedProblemTests
{
    [Fact]
    public void A_problem_that_every_row_has_is_told_once_with_its_rows()
    {
        var problems = Enumerable
            .Range(2, 135)
            .Select(row => new ListProblem(row, "kind", "nothing", "a kind"))
            .Append(new ListProblem(7, "Lat", "'north'", "a number"))
            .Append(new ListProblem(0, null, "no row", "There must be one."));
        Assert.Equal(
            [
                "2 Rows 2, 3, 4 and 132 more, column kind: found nothing; expected a kind.",
                "7 Row 7, column Lat: found 'north'; expected a number.",
                "0 The file: found no row. There must be one.",
            ],
            GroupedProblem.From(problems).Select(problem => $"{problem.FirstRow} {problem.Where}: {problem.What}")
        );
    }
}
