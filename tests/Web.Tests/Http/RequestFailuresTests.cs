using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Tests.Http;

/// <summary>How a request is answered that failed for a reason outside the program.</summary>
public sealed class RequestFailuresTests
{
    public static TheoryData<Exception, int> Outside() =>
        new()
        {
            { new BadHttpRequestException("Bad chunk.", StatusCodes.Status400BadRequest), StatusCodes.Status400BadRequest },
            { new BadHttpRequestException("Too slow.", StatusCodes.Status408RequestTimeout), StatusCodes.Status408RequestTimeout },
            { new DatabaseFailure(null), StatusCodes.Status503ServiceUnavailable },
            { new DatabaseFailure("57P01"), StatusCodes.Status503ServiceUnavailable },
            { new DatabaseFailure("53300"), StatusCodes.Status503ServiceUnavailable },
            { new DatabaseFailure("22021"), StatusCodes.Status422UnprocessableEntity },
        };

    [Theory]
    [MemberData(nameof(Outside))]
    public async Task A_failure_outside_the_program_is_no_500(Exception failure, int status)
    {
        var http = NewRequest();
        Assert.True(await new RequestFailures(NullLogger<RequestFailures>.Instance).TryHandleAsync(http, failure, default));
        Assert.Equal(status, http.Response.StatusCode);
    }

    [Fact]
    public async Task A_fault_of_the_program_stays_a_500()
    {
        var failures = new RequestFailures(NullLogger<RequestFailures>.Instance);
        Assert.False(await failures.TryHandleAsync(NewRequest(), new InvalidOperationException("A fault."), default));
        Assert.False(await failures.TryHandleAsync(NewRequest(), new DatabaseFailure("42601"), default)); // A syntax error.
    }

    [Fact]
    public async Task A_fault_is_told_in_the_form_of_the_document_and_names_nothing_of_the_program()
    {
        var http = NewRequest();
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        var fault = new ProblemDetailsContext { HttpContext = http, Exception = new InvalidOperationException("A name.") };
        await http.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(fault);
        var told = JsonNode.Parse(((MemoryStream)http.Response.Body).ToArray())!.AsObject();
        Assert.Equal(["detail", "status", "title", "type"], told.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("/problems/fault", 500), ((string?)told["type"], (int?)told["status"]));
    }

    private static DefaultHttpContext NewRequest() =>
        new()
        {
            RequestServices = new ServiceCollection().AddLogging().AddProblemDetails(Problem.Describe).BuildServiceProvider(),
            Response = { Body = new MemoryStream() },
        };

    private sealed class DatabaseFailure(string? state) : DbException("The database does not answer.")
    {
        public override string? SqlState => state;
    }
}
